/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A descriptor that becomes readable at a time: a timerfd, which is set only if the time changes. It is
 * to be watched edge-triggered, and need not be read.
 */

#include <stdint.h>

struct alarm {
	int fd;
	uint64_t at_usec; /* CLOCK_NEVER if it is not set */
};

#define ALARM_NONE ((struct alarm){.fd = -1})

/* Returns -errno if there is no descriptor. */
int alarm_open(struct alarm *alarm);
/* A monotonic time, or CLOCK_NEVER. */
void alarm_set(struct alarm *alarm, uint64_t at_usec);
void alarm_close(struct alarm *alarm);
