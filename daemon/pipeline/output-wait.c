/* SPDX-License-Identifier: MIT */
#include "pipeline/output-wait.h"

#include <string.h>

#include "util/mem.h"

bool output_wait_is_source(const char *name)
{
	static const char *const kinds[] = {".scss", ".sass", ".less", ".styl", ".ts", ".tsx",
		".jsx", ".mts", ".cts", ".coffee", ".elm", ".svelte", ".vue"};
	const char *slash = strrchr(name, '/');
	const char *dot = strrchr(slash ? slash : name, '.');

	for (size_t i = 0; dot && i < COUNT_OF(kinds); i++) {
		if (strcmp(dot, kinds[i]) == 0) {
			return true;
		}
	}
	return false;
}

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
		return; /* it has nothing to do with a save */
	}
	wait->misses = 0;
	longest = longest < OUTPUT_WAIT_MIN_USEC ? OUTPUT_WAIT_MIN_USEC
		: longest > OUTPUT_WAIT_MAX_USEC ? OUTPUT_WAIT_MAX_USEC
						 : longest;
	/* A slower build at once, a faster one slowly. */
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
