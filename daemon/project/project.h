/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Projects by their root folder. Pure. A project is made and forgotten by the
 * registry alone; everybody else borrows it until project_fn `removed` says that
 * it goes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct project_queue;
struct project_settings;
struct tab;

enum { PROJECTS_MAX = 1024 }; /* tracked ones, and as many again that were met */

/* Why a folder that nobody has tracked is a project. */
enum project_how {
	PROJECT_BY_GIT, /* it is the top of a git work tree */
	PROJECT_BY_FILE, /* there is a .savecast in it */
	PROJECT_BY_CONFIG, /* the user's configuration has a section for it */
};

/* What the project's tabs show of a build until one goes well; see pipeline.h. UTF-8. */
struct build_failure {
	uint64_t event;
	char *what; /* "npm run build: exit status 1" */
	char *said; /* its last lines, without a newline at the end; may be empty */
};

/* Takes NULL. */
void build_failure_free(struct build_failure *failure);

struct project {
	uint32_t id; /* from 1; stays with a tracked project over restarts */
	char *root; /* as pathname_from_text() gives it, symbolic links resolved */
	char *label; /* UTF-8, for people */
	bool tracked; /* else it was met, and `how` says what it is */
	enum project_how how;

	/* Never NULL; see settings.h, which owns them. */
	const struct project_settings *settings;

	/* The saves that wait to leave as one event; see pipeline.h, which owns them. NULL: none yet. */
	struct project_queue *queue;
	struct build_failure *failure; /* of the last build that held it; NULL: it went well */

	char *problem; /* UTF-8: what of the project cannot be watched, and why; or NULL */

	/* The tabs that show it; see tabs.h, which owns them. */
	struct tab *tabs;
	unsigned tab_count;
};

struct registry;

struct registry *registry_new(void);
void registry_free(struct registry *registry);

/* Told of a project after it was added or changed, and when it is no longer found but still there. */
struct registry_callbacks {
	void (*added)(struct project *project, void *userdata);
	void (*changed)(struct project *project, void *userdata);
	void (*removed)(struct project *project, void *userdata);
};
/* `callbacks` NULL: nobody is told any more. */
void registry_listen(
	struct registry *registry, const struct registry_callbacks *callbacks, void *userdata);

struct project *registry_find(const struct registry *registry, const char *root);
/* The project with the deepest root that `name` is or is below; NULL if there is none. */
struct project *registry_lookup(const struct registry *registry, const char *name);

/*
 * Returns the project with this root, made if need be and made tracked if asked
 * for, or NULL if there are PROJECTS_MAX of its kind. `id` is 0 for a new
 * number, else one that no other project has.
 */
struct project *registry_add(
	struct registry *registry, const char *root, bool tracked, uint32_t id);
/* The same for a folder that nobody has tracked. */
struct project *registry_meet(struct registry *registry, const char *root, enum project_how how);
void registry_remove(struct registry *registry, struct project *project);

/* Says what of the project cannot be watched, and why; NULL: nothing (any more). */
void registry_set_problem(struct registry *registry, struct project *project, const char *problem);

/* In the order of their roots' bytes. */
size_t registry_count(const struct registry *registry);
struct project *registry_at(const struct registry *registry, size_t index);

/* "tracked", "git", "savecast-file", "config": the words of the D-Bus API. */
const char *project_known_by(const struct project *project);

/* The next number to give; never falls. */
uint32_t registry_next_id(const struct registry *registry);
void registry_reserve_ids(struct registry *registry, uint32_t next_id);

/*
 * What a source cannot watch of a project: the project has one problem to show, and
 * each source takes back its own only. `source` is a word, "git".
 */

/* Says "<source>: <why>"; NULL: nothing is wrong (any more). It is logged if it is new. */
void project_problem_set(
	struct registry *registry, struct project *project, const char *source, const char *why);

/* Whether the problem that the project shows is this source's. */
bool project_problem_is_of(const struct project *project, const char *source);
