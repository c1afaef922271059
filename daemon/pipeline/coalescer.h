/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/*
 * When the saves of one project leave. Pure: time is an argument.
 *
 * The first save of a burst leaves at once. What comes within COALESCER_QUIET of
 * the last departure is gathered into one more event, which leaves when nothing
 * came for COALESCER_QUIET, but no later than COALESCER_WAIT after its first save: a
 * steady writer delays it, and cannot starve it.
 */
#define COALESCER_QUIET_USEC (30 * CLOCK_USEC_PER_MSEC)
#define COALESCER_WAIT_USEC (300 * CLOCK_USEC_PER_MSEC)

struct coalescer {
	bool departed; /* something has left, at: */
	uint64_t departed_usec;
	bool gathering; /* an event is being gathered, since and last at: */
	uint64_t first_usec;
	uint64_t last_usec;
};

enum coalescer_verdict {
	COALESCER_LEAVES, /* a new event; it leaves now */
	COALESCER_OPENS, /* a new event; it waits for more */
	COALESCER_JOINS, /* part of the event that waits */
};

enum coalescer_verdict coalescer_add(struct coalescer *coalescer, uint64_t now_usec);

/* When the waiting event leaves; CLOCK_NEVER if none waits. */
uint64_t coalescer_due(const struct coalescer *coalescer);

/* The waiting event leaves now. */
void coalescer_depart(struct coalescer *coalescer, uint64_t now_usec);
