/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Keeps an event that other programs can repeat from flooding the log: the first one is logged,
 * then one per minute, with the number of those that were left out. Pure.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/clock.h"

#define LOG_LIMIT_USEC (60 * CLOCK_USEC_PER_SEC)
enum { LOG_LIMIT_MORE_MAX = 48 };

/* Zeroed at first. */
struct log_limit {
	uint64_t quiet_until_usec;
	unsigned held;
};

/* Whether to log this one; if so, `more` is the text about those left out before it, or "". */
static inline bool log_limit_pass(
	struct log_limit *limit, uint64_t now_usec, char more[LOG_LIMIT_MORE_MAX])
{
	if (now_usec < limit->quiet_until_usec) {
		limit->held++;
		return false;
	}
	more[0] = '\0';
	if (limit->held > 0) {
		snprintf(more, LOG_LIMIT_MORE_MAX, " (%u more before it)", limit->held);
	}
	limit->held = 0;
	limit->quiet_until_usec = now_usec + LOG_LIMIT_USEC;
	return true;
}
