/* SPDX-License-Identifier: MIT */
#include "pipeline/coalescer.h"

enum coalescer_verdict coalescer_add(struct coalescer *coalescer, uint64_t now_usec)
{
	if (coalescer->gathering) {
		coalescer->last_usec = now_usec;
		return COALESCER_JOINS;
	}
	if (coalescer->departed && now_usec - coalescer->departed_usec < COALESCER_QUIET_USEC) {
		coalescer->gathering = true;
		coalescer->first_usec = now_usec;
		coalescer->last_usec = now_usec;
		return COALESCER_OPENS;
	}
	coalescer_depart(coalescer, now_usec);
	return COALESCER_SENDS;
}

uint64_t coalescer_due(const struct coalescer *coalescer)
{
	uint64_t quiet = coalescer->last_usec + COALESCER_QUIET_USEC;
	uint64_t wait = coalescer->first_usec + COALESCER_WAIT_USEC;

	if (!coalescer->gathering) {
		return CLOCK_NEVER;
	}
	return quiet < wait ? quiet : wait;
}

void coalescer_depart(struct coalescer *coalescer, uint64_t now_usec)
{
	coalescer->departed = true;
	coalescer->departed_usec = now_usec;
	coalescer->gathering = false;
}
