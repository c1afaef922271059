/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <time.h>

/* Times inside the daemon are CLOCK_MONOTONIC microseconds; this one is never reached. */
#define CLOCK_NEVER UINT64_MAX
#define CLOCK_USEC_PER_MSEC UINT64_C(1000)
#define CLOCK_USEC_PER_SEC UINT64_C(1000000)

static inline uint64_t clock_usec(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * CLOCK_USEC_PER_SEC + (uint64_t)t.tv_nsec / 1000;
}

static inline uint64_t clock_now_usec(void)
{
	return clock_usec(CLOCK_MONOTONIC);
}
