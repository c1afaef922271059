/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Shared by git-source.c (when git has settled) and git-source-look.c (finding out what it
 * did).
 */

#include "sources/git/git-activity.h"
#include "sources/git/git-delivery.h"
#include "sources/git/git-look.h"
#include "sources/git/git-source.h"

struct git_source {
	struct git_parts parts;
	struct project *project;
	struct git_dir dir;
	struct watch *watch;
	bool met; /* everything below is known */
	bool gone; /* the git dir was removed */
	int index; /* as it was at the last look; -1: there was none */
	struct git_logs logs;

	/* Since the last look: */
	struct git_activity settle;
	bool rewrote_index;
	bool lock_open; /* the process that made index.lock has it open */
	uint64_t began_nsec; /* wall clock */

	/* when git may have settled, or for the next slice of what was found */
	struct loop_timer *due;
	uint64_t idle_usec; /* wall clock: when git was last seen idle; 0: never */
	bool holding;
	struct looking *looking; /* the look in progress on the worker */
	struct git_delivery delivery; /* of what that look has found */
};

/* Ends the project's hold. */
void git_source_release(struct git_source *source);
/* `why` is what is wrong with `what`; NULL: nothing is wrong. */
void git_source_problem(struct git_source *source, const char *what, const char *why);

/* False: the git dir's mount does not answer; git_source_watch() continues later. */
bool git_source_ready(struct git_source *source);

/* Starts a look on the worker thread; its result is delivered when the timer is due. */
void git_source_look(struct git_source *source);
/* The disk has reported every file that git changed: finds out only what git did. */
void git_source_skip_look(struct git_source *source);
/*
 * The result of git's command was inspected before git wrote HEAD's log. That line does not
 * belong to what git does next.
 */
void git_source_skip_log(struct git_source *source);
/* The source is freed: closes its index, or leaves that to the look in progress. */
void git_source_end_look(struct git_source *source);
