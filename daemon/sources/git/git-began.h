/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * When git began what it did: a file that is younger may have been made by it. Pure:
 * times are arguments, in microseconds of the wall clock, as those of files are.
 *
 * The kernel says what happened in the git dir and not when, so it is known only that
 * git was at nothing then, and did something by now.
 */

#include <stdint.h>

#include "util/clock.h"

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
