/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by git-source.c (when git has settled) and git-source-look.c (finds out what it did). */

#include "sources/git/git-activity.h"
#include "sources/git/git-delivery.h"
#include "sources/git/git-look.h"
#include "sources/git/git-source.h"
#include "sources/git/git-state.h"

struct git_source {
	struct git_parts parts;
	struct project *project;
	struct git_dir dir;
	struct watch *watch;
	bool is_recorded; /* the state below is known */
	bool gone; /* the git dir was removed */
	int index; /* as it was at the last look; -1: there was none */
	struct git_logs logs;

	/* Since the last look: */
	struct git_activity settle;
	bool rewrote_index;
	bool lock_open; /* the process that created index.lock has it open */
	struct git_process process; /* that works; pid 0: none is known */
	int pidfd; /* of that process */
	struct loop_fd *ended; /* readable once the process has ended */
	struct asking *asking; /* the worker's search for a process */
	bool asked; /* since the last sign, or since the signs are long */
	bool sign_waits; /* a sign has set the timer, which has not been due since */
	uint64_t began_nsec; /* wall clock */

	/* when git may have settled, or when to deliver the next slice */
	struct loop_timer *due;
	uint64_t idle_usec; /* GIT_FILE_CLOCK: when git was last seen idle; 0: never */
	bool holding;
	struct looking *looking; /* the look in progress on the worker */
	struct git_delivery delivery; /* of the result of that look */
};

/* Ends the project's hold. */
void git_source_release(struct git_source *source);
/* Sets the project's problem with `what`; `why` NULL: there is none (any more). */
void git_source_problem(struct git_source *source, const char *what, const char *why);

/* False: the git dir's mount does not answer; git_source_watch() continues later. */
bool git_source_ready(struct git_source *source);
bool git_source_read(struct git_source *source, unsigned parts, struct git_state *state);

/*
 * Finds out whether a process works, once after each sign; false: the answer comes later, with
 * the timer. In git-source-process.c.
 */
bool git_source_ask(struct git_source *source);
/* Whether that process has not ended. */
bool git_source_has_process(const struct git_source *source);
/* The source is freed: the answer is dropped. */
void git_source_end_ask(struct git_source *source);

/* Starts a look on the worker thread; its result is delivered when the timer is due. */
void git_source_look(struct git_source *source);
/* The disk source has reported every file that git changed: only determines git's command. */
void git_source_skip_look(struct git_source *source);
/*
 * The result of git's command was inspected before git wrote its line to HEAD's log. Skips that
 * line: it does not belong to git's next command.
 */
void git_source_skip_log(struct git_source *source);
/* The source is freed: closes its index, or leaves that to the look in progress. */
void git_source_end_look(struct git_source *source);
