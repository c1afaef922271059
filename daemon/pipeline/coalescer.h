/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/*
 * When the saves of one project leave. Pure: time is an argument.
 *
 * The first save of a burst leaves at once. What comes within PENDING_QUIET of
 * the last departure is gathered into one more event, which leaves when nothing
 * came for PENDING_QUIET, but no later than PENDING_WAIT after its first save: a
 * steady writer delays it, and cannot starve it.
 */
#define PENDING_QUIET_USEC (30 * CLOCK_USEC_PER_MSEC)
#define PENDING_WAIT_USEC (300 * CLOCK_USEC_PER_MSEC)

struct pending {
	bool departed; /* something has left, at: */
	uint64_t departed_usec;
	bool gathering; /* an event is being gathered, since and last at: */
	uint64_t first_usec;
	uint64_t last_usec;
};

enum pending_verdict {
	PENDING_LEAVES, /* a new event; it leaves now */
	PENDING_OPENS,  /* a new event; it waits for more */
	PENDING_JOINS,  /* part of the event that waits */
};

enum pending_verdict pending_save(struct pending *pending, uint64_t now_usec);

/* When the waiting event leaves; CLOCK_NEVER if none waits. */
uint64_t pending_due(const struct pending *pending);

/* The waiting event leaves now. */
void pending_depart(struct pending *pending, uint64_t now_usec);
