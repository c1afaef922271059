/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/*
 * How long a saved source waits for what a build makes of it. Pure: time is an
 * argument.
 *
 * A page does not show a .scss or .ts: reloading it at the save of one is for
 * nothing, and the reload that counts comes with the output. So a save of such
 * files alone, in a project with `output` patterns, waits for the output: twice as
 * long as builds took lately, OUTPUT_WAIT_FIRST before any was seen, never longer than
 * OUTPUT_WAIT_MAX. After OUTPUT_WAIT_MISSES_MAX saves that no output followed, nobody builds:
 * saves leave at once until an output follows one again.
 */
#define OUTPUT_WAIT_FIRST_USEC (2 * CLOCK_USEC_PER_SEC)
#define OUTPUT_WAIT_MIN_USEC (300 * CLOCK_USEC_PER_MSEC)
#define OUTPUT_WAIT_MAX_USEC (10 * CLOCK_USEC_PER_SEC)

enum { OUTPUT_WAIT_MISSES_MAX = 3 };

struct output_wait {
	uint64_t saved_usec; /* the last save of a source; 0: an output followed it, or it is too old */
	uint64_t due_usec; /* an event waits until then; 0: none */
	uint64_t expected_usec; /* how long builds took lately, doubled; 0: none was seen */
	unsigned misses; /* saves in a row that no output followed */
};

/* A source was saved: whether it waits, until `due_usec`. */
bool output_wait_saved(struct output_wait *wait, uint64_t now_usec);
/* An output was written: learns from it; nothing waits any more. */
void output_wait_output(struct output_wait *wait, uint64_t now_usec);
/* No output came in time. */
void output_wait_missed(struct output_wait *wait);
