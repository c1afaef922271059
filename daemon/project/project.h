/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Projects by their root folder. Pure. Only the registry creates and forgets a project; all
 * others borrow it until the callback `removed` is called.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct project_queue;
struct project_settings;
struct tab;
struct withheld;

enum { PROJECTS_MAX = 1024 }; /* of tracked ones, and the same number of others */

/* Why a folder that is not tracked is a project. */
enum project_how {
	PROJECT_BY_GIT, /* it is the top of a git work tree */
	PROJECT_BY_FILE, /* it contains a .savecast */
	PROJECT_BY_CONFIG, /* the user's settings have a section for it */
};

/* Whether its files are watched on disk. */
enum project_watch {
	PROJECT_WATCH_OFF,
	PROJECT_WATCH_STARTING,
	PROJECT_WATCH_ON,
	PROJECT_WATCH_PART, /* not all of them: `problems` say why */
};

/* What may find that a part of a project is not served; each has one problem of its own. */
enum project_part {
	PROJECT_PART_MOUNT,
	PROJECT_PART_WATCH,
	PROJECT_PART_OUTPUT,
	PROJECT_PART_GIT,
	PROJECT_PARTS,
};

/* The failed build that the project's tabs show until a build succeeds; see pipeline.h. UTF-8. */
struct build_failure {
	uint64_t event;
	char *what; /* "npm run build: exit status 1" */
	char *said; /* its last lines, without a newline at the end; may be empty */
};

/* Accepts NULL. */
void build_failure_free(struct build_failure *failure);

/* An event that still waited when the previous daemon ended; see daemon-owed.c. */
struct project_owed {
	uint64_t event; /* the number that it had in that daemon, until it is shown; 0: none */
	uint64_t opened; /* the event of this daemon that logs it */
	uint64_t at_usec; /* when it is shown: further tabs may come before */
	uint64_t shown; /* the same number, once it was shown; 0: none was */
	uint32_t told; /* to the browsers up to this number */
};

struct project {
	uint32_t id; /* starts at 1; a tracked project keeps it when the daemon restarts */
	char *root; /* as pathname_from_text() returns it, symbolic links resolved */
	char *label; /* UTF-8, for display */
	bool tracked; /* otherwise the daemon found it, and `how` says how */
	enum project_how how;

	/* Never NULL; see settings.h, which owns them. */
	const struct project_settings *settings;
	/* rules of its own file that have no effect; NULL: none; see settings.h */
	const struct withheld *withheld;

	/*
	 * The saves that wait to be sent as one event; see pipeline.h, which owns them.
	 * NULL: none yet.
	 */
	struct project_queue *queue;
	/* of the last build that held the project; NULL: that build succeeded */
	struct build_failure *failure;

	enum project_watch watch;

	/* Its mount does not answer: it is read and watched later; see mounts.h. */
	bool unread;

	struct project_owed owed;
	/* This event is only for browsers that connected after the one with this number. */
	uint64_t late_event;
	uint32_t late_after;

	char *problems[PROJECT_PARTS]; /* UTF-8; NULL: there is none; see project_problem_set() */

	/* The tabs that show it; see browser/tab.h, which owns them. */
	struct tab *tabs;
	unsigned tab_count;
};

struct registry;

struct registry *registry_new(void);
void registry_free(struct registry *registry);

/*
 * Called after a project was added or changed. `removed` is called when the registry no longer
 * finds the project, before it is freed.
 */
struct registry_callbacks {
	void (*added)(struct project *project, void *userdata);
	void (*changed)(struct project *project, void *userdata);
	void (*removed)(struct project *project, void *userdata);
};
/* `callbacks` NULL: stops the calls. */
void registry_listen(
	struct registry *registry, const struct registry_callbacks *callbacks, void *userdata);

struct project *registry_find(const struct registry *registry, const char *root);
/* The project with the deepest root that is `name` or contains it; NULL if there is none. */
struct project *registry_lookup(const struct registry *registry, const char *name);

/*
 * Returns the project with this root; creates it if needed, and makes it tracked if asked
 * for. NULL if there are PROJECTS_MAX of its kind. `id` is 0 for a new number, otherwise
 * one that no other project has.
 */
struct project *registry_add(
	struct registry *registry, const char *root, bool tracked, uint32_t id);
/* The same for a folder that is not tracked. */
struct project *registry_add_untracked(
	struct registry *registry, const char *root, enum project_how how);
void registry_remove(struct registry *registry, struct project *project);

void registry_set_watch(
	struct registry *registry, struct project *project, enum project_watch watch);

/* In the order of their roots' bytes. */
size_t registry_count(const struct registry *registry);
struct project *registry_at(const struct registry *registry, size_t index);

/* "off", "starting", "on", "part": the words of the D-Bus API. */
const char *project_watch_name(enum project_watch watch);
/* "tracked", "git", "savecast-file", "config": the words of the D-Bus API. */
const char *project_known_by(const struct project *project);

/* The number of the next new project; never decreases. */
uint32_t registry_next_id(const struct registry *registry);
void registry_reserve_ids(struct registry *registry, uint32_t next_id);

/*
 * Sets what is not served of a project, and why; NULL: there is no such problem (any more). The
 * problems of other parts stay. Logs a new problem.
 */
void project_problem_set(struct registry *registry, struct project *project, enum project_part part,
	const char *why);
/* "<part>: <why>" for each problem, separated by "; "; "" if there is none. The caller frees it. */
char *project_problem_text(const struct project *project);
