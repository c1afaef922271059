/* SPDX-License-Identifier: MIT */
#include "server/upstream.h"

#include "server/upstream-probe.h"
#include "util/mem.h"

static void add_end(struct upstream *found, const struct upstream_address *address)
{
	struct upstream_end end;

	upstream_end_of(address, &end);
	if (found->count < UPSTREAM_ENDS_MAX) {
		found->ends[found->count++] = end;
	}
}

/*
 * Adds the peers with at least this evidence, without those that have passed the request on to
 * another of them. Returns whether there are any.
 */
static bool add_ends(
	const struct upstream_probe *probe, enum upstream_evidence least, struct upstream *found)
{
	uint64_t these = 0;

	for (size_t i = 0; i < probe->trials.peer_count; i++) {
		these |= (uint64_t)(upstream_trials_of(&probe->trials, i) >= least) << i;
	}
	for (size_t i = 0; i < probe->trials.peer_count; i++) {
		if (these & UINT64_C(1) << i && !(probe->links[i].asks & these)) {
			add_end(found, &probe->trials.peers[i].address);
		}
	}
	return these != 0;
}

static bool is_gateway_error(unsigned status)
{
	return status == 502 || status == 503 || status == 504;
}

static void judge(const struct upstream_probe *probe, struct upstream *found)
{
	const struct upstream_trials *trials = &probe->trials;
	bool all = !trials->too_many && upstream_trials_are_enough(trials), sure = all;

	if (upstream_probe_shows_none(probe) && !is_gateway_error(probe->status)) {
		return;
	}
	for (size_t i = 0; i < trials->peer_count; i++) {
		enum upstream_evidence evidence = upstream_trials_of(trials, i);

		sure &= evidence == UPSTREAM_NOTHING || evidence == UPSTREAM_ALWAYS ||
			evidence == UPSTREAM_HEADERS;
	}
	if (sure && add_ends(probe, UPSTREAM_ALWAYS, found)) {
		/* None: they ask each other in a circle. */
		found->result = found->count == 1 ? UPSTREAM_FOUND : UPSTREAM_UNSURE;
		return;
	}
	/* While it does not answer, whatever others send in this long time proves nothing. */
	if (add_ends(probe, upstream_trials_any_answered(trials) ? UPSTREAM_OPEN : UPSTREAM_HEADERS, found)) {
		found->result = UPSTREAM_UNSURE;
	} else if (is_gateway_error(probe->status) || !all) {
		found->result = UPSTREAM_FAILED;
		found->status = probe->status;
	}
	found->maybe_self = true;
	for (size_t i = 0; i < trials->peer_count; i++) {
		found->maybe_self &= upstream_trials_of(trials, i) != UPSTREAM_ALWAYS;
	}
}

static void take_held(const struct upstream_address *to, void *userdata)
{
	struct upstream *found = userdata;
	struct upstream_end end;

	upstream_end_of(to, &end);
	for (unsigned i = 0; i < found->count; i++) {
		if (memcmp(&found->ends[i], &end, sizeof end) == 0) {
			return;
		}
	}
	add_end(found, to);
}

/* Without a request: any server that the proxy is connected to may be the one. */
static void judge_connections(const struct upstream_probe *probe, struct upstream *found)
{
	if (found->count || (probe->question->caution == UPSTREAM_ASKS &&
				    tcp_traffic_any_ended(probe->traffic))) {
		found->result = UPSTREAM_UNSURE;
		found->maybe_self = true;
	}
}

/* Whether a server is sent anything during one request, or the answer says that one is missing. */
static bool reacts(struct upstream_probe *probe)
{
	return upstream_probe_once(probe, false) &&
		(upstream_trials_moved(&probe->trials) || is_gateway_error(probe->status));
}

/* Whether it is worth more than one request to find out. */
static bool acts_as_proxy(struct upstream_probe *probe, const struct upstream *held)
{
	enum upstream_caution caution = probe->question->caution;

	return caution == UPSTREAM_ASKS || held->count || tcp_traffic_any_ended(probe->traffic) ||
		(caution == UPSTREAM_ASKS_ONCE && !tcp_traffic_asked(probe->traffic) &&
			reacts(probe));
}

void upstream_find(const struct upstream_question *question, struct upstream *found)
{
	struct upstream_probe *probe = upstream_probe_new(question);
	struct upstream held = {.result = UPSTREAM_SELF};

	*found = (struct upstream){.result = UPSTREAM_FAILED};
	if (!probe) {
		return;
	}
	tcp_traffic_hold(probe->traffic, probe->pids, probe->pid_count, take_held, &held);
	*found = (struct upstream){.result = UPSTREAM_SELF};
	if (question->secure) {
		*found = held;
		judge_connections(probe, found);
	} else if (acts_as_proxy(probe, &held)) {
		upstream_probe_all(probe, false);
		judge(probe, found);
		if (found->result == UPSTREAM_SELF && upstream_trials_moved(&probe->trials)) {
			upstream_probe_all(probe, true);
			judge(probe, found);
		}
	}
	upstream_probe_free(probe);
}
