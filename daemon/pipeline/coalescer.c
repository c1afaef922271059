/* SPDX-License-Identifier: MIT */
#include "pipeline/coalescer.h"

enum pending_verdict pending_save(struct pending *pending, uint64_t now_usec)
{
	if (pending->gathering) {
		pending->last_usec = now_usec;
		return PENDING_JOINS;
	}
	if (pending->departed && now_usec - pending->departed_usec < PENDING_QUIET_USEC) {
		pending->gathering = true;
		pending->first_usec = now_usec;
		pending->last_usec = now_usec;
		return PENDING_OPENS;
	}
	pending_depart(pending, now_usec);
	return PENDING_LEAVES;
}

uint64_t pending_due(const struct pending *pending)
{
	uint64_t quiet = pending->last_usec + PENDING_QUIET_USEC;
	uint64_t wait = pending->first_usec + PENDING_WAIT_USEC;

	if (!pending->gathering) {
		return CLOCK_NEVER;
	}
	return quiet < wait ? quiet : wait;
}

void pending_depart(struct pending *pending, uint64_t now_usec)
{
	pending->departed = true;
	pending->departed_usec = now_usec;
	pending->gathering = false;
}
