/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"
#include "project/verdict.h"
#include "sources/git/git-ignore.h"

/*
 * The door of the pipe: which projects a file belongs to, and whether a save of
 * it is worth something in each. Looks at the disk, and may make a project known;
 * else it changes nothing, so `savecast why` asks here as well.
 */

enum { CLAIMS_MAX = 16 }; /* projects of one file; further ones do not hear of it */

struct claim {
	struct project *project;
	const struct path_rule *include; /* `savecast.include`; NULL: the file is below its root */
	struct verdict verdict;
};

struct claims {
	char *file; /* symbolic links resolved */
	struct claim items[CLAIMS_MAX];
	size_t count;
	char *why; /* if none claims it */
};

/* Borrows both, which must outlive it. */
struct intake;
struct intake *intake_new(struct registry *registry, struct git_ignores *ignores);
void intake_free(struct intake *intake);

void intake_claim(struct intake *intake, const char *name, struct claims *claims);
/* The call is over. */
void intake_finish(struct intake *intake);
void claims_clear(struct claims *claims);

/*
 * Whether the project's own rules let a file count that a source other than a save
 * tells of; .gitignore is not asked, the source knows.
 */
bool intake_accepts(const struct project *project, const char *file);
