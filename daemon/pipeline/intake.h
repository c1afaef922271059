/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/content.h"
#include "project/finder.h"
#include "project/project.h"
#include "project/verdict.h"
#include "sources/git/git-ignore.h"

/*
 * The entry of the pipeline: to which projects a file belongs, and whether a save of it
 * counts in each. Reads the disk and may add a project to the registry. It changes nothing
 * else, so `savecast why` uses it too.
 */

enum { CLAIMS_MAX = 16 }; /* projects of one file; further ones are not notified */

struct claim {
	struct project *project;
	const struct path_rule *include; /* `savecast.include`; NULL: the file is below the root */
	struct verdict verdict;
};

struct claims {
	char *file; /* symbolic links resolved */
	struct claim items[CLAIMS_MAX];
	size_t count;
	char *why; /* why it belongs to no project, if the caller wants to know */
};

/* Borrows both; they must outlive it. */
struct intake;
struct intake *intake_new(struct registry *registry, struct git_ignores *ignores);
void intake_free(struct intake *intake);

/* The state of a saved file on disk, read in advance, for a mount that may not answer. */
struct intake_look {
	struct finder_look found;
	/* What contains its project as a submodule, and what contains that, from the inside outwards. */
	struct finder_look *around;
	size_t around_count;
	bool gitignored;
	struct content_mark mark;
};
/*
 * Can be called on any thread, with `ignores` of that thread. `root`: of the project that the
 * file is known to be in; NULL: none.
 */
void intake_look(const char *name, const char *root, struct git_ignores *ignores,
	struct intake_look *look);
void intake_look_clear(struct intake_look *look);

/* `look` NULL: reads the disk now. `wants_why`: sets claims->why if it belongs to no project. */
void intake_claim(struct intake *intake, const char *name, const struct intake_look *look,
	bool wants_why, struct claims *claims);
/* Ends the call. */
void intake_finish(struct intake *intake);
void claims_clear(struct claims *claims);

/*
 * Whether a change on disk counts: by the project's rules, by the names of files that
 * programs keep for themselves, and with `ask_git` by .gitignore.
 */
bool intake_wants(
	struct intake *intake, const struct project *project, const char *file, bool ask_git);

/*
 * Whether the project's rules accept a file that a source other than a save reports.
 * .gitignore is not checked: the source has done that.
 */
bool intake_accepts(const struct project *project, const char *file);
