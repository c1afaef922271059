/* SPDX-License-Identifier: MIT */
#include "util/alarm.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "util/clock.h"

int alarm_open(struct alarm *alarm)
{
	alarm->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	alarm->at_usec = CLOCK_NEVER;
	return alarm->fd < 0 ? -errno : 0;
}

void alarm_set(struct alarm *alarm, uint64_t at_usec)
{
	struct itimerspec at = {0}; /* disarms it */

	if (at_usec == alarm->at_usec) {
		return;
	}
	if (at_usec != CLOCK_NEVER) {
		at.it_value.tv_sec = (time_t)(at_usec / CLOCK_USEC_PER_SEC);
		at.it_value.tv_nsec = (long)(at_usec % CLOCK_USEC_PER_SEC) * 1000;
	}
	timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME, &at, NULL);
	alarm->at_usec = at_usec;
}

void alarm_close(struct alarm *alarm)
{
	if (alarm->fd >= 0) {
		close(alarm->fd);
	}
	*alarm = ALARM_NONE;
}
