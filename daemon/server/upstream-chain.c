/* SPDX-License-Identifier: MIT */
#include "server/upstream-chain.h"

#include <string.h>

#include "server/upstream-probe.h"
#include "util/clock.h"

#define NEXT_USEC (2 * CLOCK_USEC_PER_SEC)

int upstream_chain_last(const int next[], unsigned count)
{
	int last = -1;

	for (unsigned i = 0; i < count; i++) {
		if (next[i] < 0 && last >= 0) {
			return -1;
		}
		last = next[i] < 0 ? (int)i : last;
	}
	for (unsigned i = 0; i < count && last >= 0; i++) {
		int at = (int)i;

		for (unsigned steps = 0; at != last && steps < count; steps++) {
			at = next[at];
		}
		last = at == last ? last : -1; /* otherwise, they ask each other in a circle */
	}
	return last;
}

static int find_end(const struct upstream *found, const struct upstream_address *address)
{
	struct upstream_end end;

	upstream_end_of(address, &end);
	for (unsigned i = 0; i < found->count; i++) {
		if (memcmp(&found->ends[i], &end, sizeof end) == 0) {
			return (int)i;
		}
	}
	return -1;
}

/*
 * The end that was certainly sent some of the requests; -1: none was. That not all of them were seen
 * there is no doubt: it had all those that were sent through the first proxy.
 */
static int passed_on_to(const struct upstream_probe *probe, const struct upstream *found)
{
	for (size_t i = 0; i < probe->trials.peer_count; i++) {
		int end = find_end(found, &probe->trials.peers[i].address);

		if (end >= 0 && upstream_trials_of(&probe->trials, i) >= UPSTREAM_SOMETIMES) {
			return end;
		}
	}
	return -1;
}

static int next_of(const struct upstream_question *question, bool alone,
	const struct upstream *found, unsigned end)
{
	struct upstream_question direct = *question;
	struct upstream_probe *probe;
	uint64_t until = clock_now_usec() + NEXT_USEC;
	int next = -1;

	direct.listener = found->ends[end].ip;
	direct.port = found->ends[end].port;
	direct.secure = direct.is_proxy = false;
	direct.caution = UPSTREAM_ASKS;
	probe = upstream_probe_new(&direct);
	if (!probe) {
		return -1;
	}
	probe->to_the_answer = true;
	while (next < 0 && probe->trials.count < UPSTREAM_TRIALS_MAX && clock_now_usec() < until &&
		!atomic_load(question->stop) && upstream_probe_once(probe, alone)) {
		next = passed_on_to(probe, found);
	}
	upstream_probe_free(probe);
	return next;
}

void upstream_chain_resolve(
	const struct upstream_question *question, bool alone, struct upstream *found)
{
	int next[UPSTREAM_ENDS_MAX], last;
	unsigned unknown = 0;

	if (found->result != UPSTREAM_UNSURE || found->count > UPSTREAM_CHAIN_MAX) {
		return;
	}
	/* If all others lead to it, the last one needs no requests. */
	for (unsigned i = 0; i < found->count && unknown < 2; i++) {
		bool is_last = i + 1 == found->count && !unknown;

		next[i] = is_last ? -1 : next_of(question, alone, found, i);
		unknown += next[i] < 0;
	}
	last = unknown == 1 ? upstream_chain_last(next, found->count) : -1;
	if (last >= 0) {
		*found = (struct upstream){.result = UPSTREAM_FOUND,
			.ends = {found->ends[last]},
			.count = 1,
			.passes = found->passes};
	}
}
