/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/*
 * How long a saved source waits for the output that a build makes from it. Pure: time is an
 * argument.
 *
 * A page loads no .scss or .ts file, only the output that a build makes of it. Therefore a save
 * of only such files, in a project with `output` patterns, waits for the output: for twice the
 * time of recent builds, OUTPUT_WAIT_FIRST before the first one, at most OUTPUT_WAIT_MAX. After
 * OUTPUT_WAIT_MISSES_MAX saves in a row without an output, no build seems to be running: saves
 * are sent immediately until an output follows a save again.
 */
#define OUTPUT_WAIT_FIRST_USEC (2 * CLOCK_USEC_PER_SEC)
#define OUTPUT_WAIT_MIN_USEC (300 * CLOCK_USEC_PER_MSEC)
#define OUTPUT_WAIT_MAX_USEC (10 * CLOCK_USEC_PER_SEC)

enum { OUTPUT_WAIT_MISSES_MAX = 3 };

struct output_wait {
	/* the last save of a source; 0: an output followed it, or it is too long ago */
	uint64_t saved_usec;
	uint64_t due_usec; /* an event waits until then; 0: none waits */
	uint64_t expected_usec; /* twice the time that recent builds took; 0: none was seen */
	unsigned misses; /* saves in a row without an output */
};

/* A source was saved. Returns whether its event waits, until `due_usec`. */
bool output_wait_saved(struct output_wait *wait, uint64_t now_usec);
/* An output was written: adapts the expected time; nothing waits any more. */
void output_wait_output(struct output_wait *wait, uint64_t now_usec);
/* No output came in time. */
void output_wait_missed(struct output_wait *wait);
