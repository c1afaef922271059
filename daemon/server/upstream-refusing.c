/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "server/upstream-probe.h"
#include "util/clock.h"

#define CONTROL_USEC CLOCK_USEC_PER_SEC

/* How often something tries to connect to this address in as much time, without any request. */
static unsigned refused_without(struct upstream_probe *probe, const struct upstream_address *to)
{
	uint64_t now = clock_now_usec(), until = now + probe->trials_usec;
	struct timespec pause = {.tv_nsec = 5000000};
	struct upstream_trials idle = {0};

	until = probe->trials_usec < CONTROL_USEC ? until : now + CONTROL_USEC;
	tcp_traffic_begin(probe->traffic);
	upstream_trials_begin(&idle, UINT32_MAX, 0);
	do {
		nanosleep(&pause, NULL);
		tcp_traffic_look(probe->traffic, &idle, false);
	} while (clock_now_usec() < until && !atomic_load(probe->question->stop));
	for (size_t i = 0; i < idle.refusal_count; i++) {
		if (memcmp(&idle.refusals[i].address, to, sizeof *to) == 0) {
			return idle.refusals[i].count;
		}
	}
	return 0;
}

const struct upstream_refusal *upstream_probe_refusing(struct upstream_probe *probe)
{
	const struct upstream_refusal *one = upstream_trials_refusing(&probe->trials);
	uint64_t trials = probe->trials_usec;
	uint64_t control = trials < CONTROL_USEC ? trials : CONTROL_USEC;

	/*
	 * Many programs try again and again to connect to a server that is down, browsers, too; without
	 * an answer yet, the server itself may.
	 */
	return one &&
			(!upstream_trials_any_answered(&probe->trials) ||
				2 * refused_without(probe, &one->address) * trials <
					one->count * control)
		? one
		: NULL;
}
