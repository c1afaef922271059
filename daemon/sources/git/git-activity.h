/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * When git has settled, after it began something: only then is it looked at what it
 * did, so that one command, or one rebase, is one event. Pure: time is an argument.
 *
 *   GIT_SETTLE passes        with nothing new: one command often writes the index thrice
 *   the stash changed        GIT_STASH: that command is several
 *   index.lock is there      git works; wait until it is gone, GIT_LOCK_MAX at most
 *   a rebase, am, cherry-pick or revert goes on, and has not stopped for a person:
 *                            wait for its end, GIT_STEP_QUIET after its last sign,
 *                            GIT_STEP_MAX in all
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

#define GIT_SETTLE_USEC (60 * CLOCK_USEC_PER_MSEC)
#define GIT_STASH_USEC (240 * CLOCK_USEC_PER_MSEC)
#define GIT_LOCK_MAX_USEC (120 * CLOCK_USEC_PER_SEC)
#define GIT_STEP_QUIET_USEC (2 * CLOCK_USEC_PER_SEC)
#define GIT_STEP_MAX_USEC (60 * CLOCK_USEC_PER_SEC)

/* Zeroed: git does nothing. */
struct git_activity {
	bool busy; /* git did something, since and last at: */
	uint64_t first_usec, last_usec; /* monotonic */
};

/* What is to be seen in the git dir. */
struct git_signs {
	bool locked;
	bool stashed; /* the stash is another one since the last look */
	const char *stepping; /* the word for what git goes through, or NULL */
};

/* A sign of life. */
void git_activity_seen(struct git_activity *settle, uint64_t now_usec);

/*
 * When to ask again; `now_usec` or earlier if git has settled, or for too long has
 * not. `at` becomes what git is at, which the project must not be reloaded in the
 * middle of; NULL if it is done as far as is known.
 */
uint64_t git_activity_due(const struct git_activity *settle, const struct git_signs *signs,
	uint64_t now_usec, const char **at);

/*
 * When git began what it did: a file that is younger may have been made by it. Pure:
 * times are arguments, in microseconds of the wall clock, as those of files are.
 *
 * The kernel says what happened in the git dir and not when, so it is known only that
 * git was at nothing then, and did something by now.
 */

/*
 * How late we may hear of it, on a machine that is busy: 26 ms were seen with ten times
 * as much to do as processors, and a machine that runs out of memory stops for seconds.
 * Too much of it makes an event of a file that was written anew with the bytes it had,
 * so short before, by who did not tell us; too little misses what git brought back.
 */
#define GIT_LATE_USEC (5 * CLOCK_USEC_PER_SEC)

/* How far the clock of files lags behind ours: a tick of the kernel's, 10 ms at most. */
#define GIT_TICK_USEC (20 * CLOCK_USEC_PER_MSEC)

/*
 * No file that git makes, of whose work is heard `now_usec`, is older than this.
 * `idle_usec` is when it was last seen to be at nothing; 0: never.
 */
uint64_t git_began_usec(uint64_t idle_usec, uint64_t now_usec);

/* What a change in the git dir means, as the kernel tells of it. Pure. */

/* What must be watched for. */
#define GIT_NOTICE_MASK (IN_MOVED_TO | IN_CREATE | IN_DELETE)

enum git_notice {
	GIT_NOTICE_NONE,
	GIT_NOTICE_GONE, /* the git dir went */
	GIT_NOTICE_INDEX, /* the index was replaced, or removed, or that may have been missed */
	GIT_NOTICE_WORK, /* git is at work, with the index as it was so far */
	GIT_NOTICE_LOG, /* HEAD's log got a line, after all that git did */
};

/* `busy`: git did something, and was not seen to settle since. `name` is a file in the git dir. */
enum git_notice git_notice_of(uint32_t mask, const char *name, bool busy);
