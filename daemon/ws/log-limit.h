/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Keeps an event that anybody can repeat from flooding the log: the first is
 * told, then one a minute, with the count of those that were held back. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define LOG_LIMIT_USEC (60 * CLOCK_USEC_PER_SEC)

/* Zeroed at first. */
struct log_limit {
	uint64_t quiet_until_usec;
	unsigned held;
};

/* Whether to tell this one; if so, `held` is how many were not told before it. */
static inline bool log_limit_pass(struct log_limit *limit, uint64_t now_usec, unsigned *held)
{
	if (now_usec < limit->quiet_until_usec) {
		limit->held++;
		return false;
	}
	*held = limit->held;
	limit->held = 0;
	limit->quiet_until_usec = now_usec + LOG_LIMIT_USEC;
	return true;
}
