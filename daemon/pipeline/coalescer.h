/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/*
 * Decides when the saves of one project are sent as an event. Pure: time is an argument.
 *
 * The first save of a burst is sent at once. Saves that follow within COALESCER_QUIET of
 * the last event are combined into one more event. It is sent when no save came for
 * COALESCER_QUIET, but at most COALESCER_WAIT after its first save: a program that writes
 * all the time delays the event but cannot block it.
 */
#define COALESCER_QUIET_USEC (30 * CLOCK_USEC_PER_MSEC)
#define COALESCER_WAIT_USEC (300 * CLOCK_USEC_PER_MSEC)

struct coalescer {
	bool departed; /* an event has been sent, at: */
	uint64_t departed_usec;
	bool gathering; /* an event is being combined; first and latest save at: */
	uint64_t first_usec;
	uint64_t last_usec;
};

enum coalescer_verdict {
	COALESCER_SENDS, /* a new event, sent at once */
	COALESCER_OPENS, /* a new event that waits for more saves */
	COALESCER_JOINS, /* part of the event that waits */
};

enum coalescer_verdict coalescer_add(struct coalescer *coalescer, uint64_t now_usec);

/* When the waiting event is sent; CLOCK_NEVER if none waits. */
uint64_t coalescer_due(const struct coalescer *coalescer);

/* The waiting event is sent now. */
void coalescer_depart(struct coalescer *coalescer, uint64_t now_usec);
