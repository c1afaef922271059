/* SPDX-License-Identifier: MIT */
#include "pipeline/output-wait.h"

bool output_wait_saved(struct output_wait *wait, uint64_t now_usec)
{
	wait->saved_usec = now_usec;
	if (wait->misses >= OUTPUT_WAIT_MISSES_MAX) {
		return false;
	}
	wait->due_usec =
		now_usec + (wait->expected_usec ? wait->expected_usec : OUTPUT_WAIT_FIRST_USEC);
	return true;
}

void output_wait_output(struct output_wait *wait, uint64_t now_usec)
{
	uint64_t took = wait->saved_usec ? now_usec - wait->saved_usec : OUTPUT_WAIT_MAX_USEC;
	uint64_t longest = 2 * took;

	wait->due_usec = 0;
	wait->saved_usec = 0;
	if (took >= OUTPUT_WAIT_MAX_USEC) {
		return; /* no save caused it */
	}
	wait->misses = 0;
	longest = longest < OUTPUT_WAIT_MIN_USEC ? OUTPUT_WAIT_MIN_USEC
		: longest > OUTPUT_WAIT_MAX_USEC ? OUTPUT_WAIT_MAX_USEC
						 : longest;
	/* Adapt to a slower build at once, to a faster one slowly. */
	if (longest > wait->expected_usec) {
		wait->expected_usec = longest;
	} else {
		wait->expected_usec -= (wait->expected_usec - longest) / 4;
	}
}

void output_wait_missed(struct output_wait *wait)
{
	wait->due_usec = 0;
	if (wait->misses < OUTPUT_WAIT_MISSES_MAX) {
		wait->misses++;
	}
}
