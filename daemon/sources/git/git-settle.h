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
struct git_settle {
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
void git_settle_stir(struct git_settle *settle, uint64_t now_usec);

/*
 * When to ask again; `now_usec` or earlier if git has settled, or for too long has
 * not. `at` becomes what git is at, which the project must not be reloaded in the
 * middle of; NULL if it is done as far as is known.
 */
uint64_t git_settle_due(const struct git_settle *settle, const struct git_signs *signs,
	uint64_t now_usec, const char **at);
