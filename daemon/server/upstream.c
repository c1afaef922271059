/* SPDX-License-Identifier: MIT */
#include "server/upstream.h"

#include "server/upstream-chain.h"
#include "server/upstream-path.h"
#include "server/upstream-probe.h"
#include "util/mem.h"

enum {
	HTTP_NOT_FOUND = 404,
	HTTP_NOT_ALLOWED = 405, /* the method */
	HTTP_ERROR = 500,
	HTTP_NOT_IMPLEMENTED = 501, /* HEAD, for example */
};

static void add_end(struct upstream *found, const struct upstream_address *address)
{
	struct upstream_end end;

	upstream_end_of(address, &end);
	if (found->count < UPSTREAM_ENDS_MAX) {
		found->ends[found->count++] = end;
	}
}

/*
 * While it does not answer, whatever others send in this long time proves nothing. But a program that
 * passes requests on over a few connections has no further one for the next trials: one that it still
 * has is enough.
 */
static bool may_have_request(const struct upstream_probe *probe, size_t peer)
{
	const struct upstream_trials *trials = &probe->trials;
	enum upstream_evidence evidence = upstream_trials_of(trials, peer);

	return evidence > UPSTREAM_OPEN ||
		(evidence == UPSTREAM_OPEN &&
			(upstream_trials_any_answered(trials) ||
				(trials->peers[peer].held && trials->peers[peer].open)));
}

/*
 * Adds the peers that have the request, certainly or possibly, without those that have passed it on to
 * another of them. Returns whether there are any.
 */
static bool add_ends(const struct upstream_probe *probe, bool certainly, struct upstream *found)
{
	uint64_t these = 0;

	for (size_t i = 0; i < probe->trials.peer_count; i++) {
		enum upstream_evidence evidence = upstream_trials_of(&probe->trials, i);
		bool has = certainly ? evidence == UPSTREAM_ALWAYS : may_have_request(probe, i);

		these |= (uint64_t)has << i;
		found->incomplete |= !certainly && !has && evidence == UPSTREAM_OPEN;
	}
	for (size_t i = 0; i < probe->trials.peer_count; i++) {
		if (these & UINT64_C(1) << i && !(probe->links[i].asks & these)) {
			add_end(found, &probe->trials.peers[i].address);
		}
	}
	return these != 0;
}

static bool is_bad_gateway(unsigned status)
{
	return status == 502 || status == 504;
}

static bool is_gateway_error(unsigned status)
{
	return status == 503 || is_bad_gateway(status);
}

/* Returns whether each of the ends was certainly sent all requests. */
static bool judge(const struct upstream_probe *probe, struct upstream *found)
{
	const struct upstream_trials *trials = &probe->trials;
	bool all = !trials->too_many && upstream_trials_are_enough(trials);
	bool sure = all && upstream_trials_are_seen(trials);

	if (upstream_probe_shows_none(probe) && !is_gateway_error(probe->status)) {
		return false;
	}
	for (size_t i = 0; i < trials->peer_count; i++) {
		enum upstream_evidence evidence = upstream_trials_of(trials, i);

		sure &= evidence == UPSTREAM_NOTHING || evidence == UPSTREAM_ALWAYS ||
			evidence == UPSTREAM_HEADERS;
	}
	if (sure && add_ends(probe, true, found)) {
		/* None: they ask each other in a circle. */
		found->result = found->count == 1 ? UPSTREAM_FOUND : UPSTREAM_UNSURE;
		return true;
	}
	if (add_ends(probe, false, found)) {
		found->result = UPSTREAM_UNSURE;
		found->deeper = !upstream_trials_are_seen(trials);
	} else if (is_gateway_error(probe->status) || !all) {
		found->result = UPSTREAM_FAILED;
		found->status = probe->status;
	}
	found->maybe_self = true;
	for (size_t i = 0; i < trials->peer_count; i++) {
		found->maybe_self &= upstream_trials_of(trials, i) != UPSTREAM_ALWAYS;
	}
	return false;
}

static bool has_end(const struct upstream *found, const struct upstream_end *end)
{
	for (unsigned i = 0; i < found->count; i++) {
		if (memcmp(&found->ends[i], end, sizeof *end) == 0) {
			return true;
		}
	}
	return false;
}

static void take_near(const struct upstream_address *to, void *userdata)
{
	struct upstream *near = userdata;
	struct upstream_end end;

	upstream_end_of(to, &end);
	if (!has_end(near, &end)) {
		near->incomplete |= near->count == UPSTREAM_ENDS_MAX;
		add_end(near, to);
	}
}

/* What it answers, or that it does not, may be because the server behind it does not run. */
static const struct upstream_refusal *refusal_of(
	struct upstream_probe *probe, const struct upstream *found)
{
	bool may_be = found->result == UPSTREAM_SELF ||
		(found->result == UPSTREAM_FAILED && !is_bad_gateway(found->status));

	return probe->passed == PASSED_UNKNOWN && may_be ? upstream_probe_refusing(probe) : NULL;
}

static void judge_refusal(const struct upstream_refusal *one, struct upstream *found)
{
	*found = (struct upstream){
		.result = UPSTREAM_UNSURE,
		.refused = true,
		.maybe_self = true,
		.incomplete = !one->address.port,
	};
	if (one->address.port) {
		add_end(found, &one->address);
	}
}

/* An error can be that of the server behind it; only its own processes can show that it is not. */
static void judge_error(const struct upstream_probe *probe, struct upstream *found)
{
	if (found->result != UPSTREAM_SELF || probe->status < HTTP_ERROR ||
		probe->status == HTTP_NOT_IMPLEMENTED) {
		return;
	}
	found->status = probe->status;
	if (probe->passed == PASSED_UNKNOWN) {
		found->result = UPSTREAM_UNSURE;
		found->maybe_self = found->incomplete = true;
	}
}

/* One round of requests. Returns what judge() does. */
static bool ask_once(struct upstream_probe *probe, bool alone, struct upstream *found)
{
	*found = (struct upstream){.result = UPSTREAM_SELF};
	upstream_probe_all(probe, alone);
	return probe->passed == PASSED_UNKNOWN && judge(probe, found);
}

/*
 * Its own processes can show that it passes no request on. A single request is enough for that, or
 * two: one with a long header, and one with a long query, in case it passes no such header on.
 * Returns what judge() does.
 */
static bool ask(struct upstream_probe *probe, bool alone, struct upstream *found)
{
	const struct upstream_refusal *refusal;

	if (ask_once(probe, alone, found)) {
		return true;
	}
	refusal = refusal_of(probe, found);
	/*
	 * What tried to connect may be another program that waits for a server, which runs by now. Of one
	 * that does not answer, further requests would show no more.
	 */
	if (refusal && upstream_trials_any_answered(&probe->trials)) {
		if (ask_once(probe, alone, found)) {
			return true;
		}
		refusal = refusal_of(probe, found);
	}
	if (refusal) {
		judge_refusal(refusal, found);
	}
	judge_error(probe, found);
	return false;
}

/* Asks, in the ways that it may need. Returns what judge() does. `alone`: as in upstream_probe_all(). */
static bool ask_all(struct upstream_probe *probe, struct upstream *found, bool *alone)
{
	bool sure = ask(probe, false, found);

	if (!probe->question->has_pages &&
		(probe->passed == PASSED_LITTLE ||
			(found->result == UPSTREAM_SELF && probe->passed == PASSED_UNKNOWN &&
				upstream_trials_moved(&probe->trials)))) {
		*alone = true;
		sure = ask(probe, true, found);
	}
	return sure;
}

/* It may know this page only by GET, and have answered HEAD itself: FastAPI does so. */
static bool refuses_head(const struct upstream_probe *probe, const struct upstream *found)
{
	unsigned status = probe->status;

	return found->result == UPSTREAM_SELF && !probe->question->is_proxy &&
		(status == HTTP_NOT_FOUND || status == HTTP_NOT_ALLOWED ||
			status == HTTP_NOT_IMPLEMENTED);
}

/* Whether one of this user's servers was sent something in each of the trials, which may have been the path. */
static bool may_pass_path(const struct upstream_probe *probe, const struct upstream *found)
{
	const struct upstream_trials *trials = &probe->trials;
	const struct tcp_table *table = tcp_traffic_table(probe->traffic);
	uint32_t all = (UINT32_C(1) << trials->count) - 1;
	bool moved = false;

	for (size_t i = 0; i < trials->peer_count; i++) {
		moved |= table->listens[trials->peers[i].address.port] == TCP_OWN &&
			trials->peers[i].moved == all;
	}
	return moved && !probe->question->is_proxy && probe->passed != PASSED_NOTHING &&
		upstream_trials_any_answered(trials) &&
		(found->result == UPSTREAM_SELF ||
			(found->result == UPSTREAM_UNSURE && probe->question->has_pages));
}

/* Returns what judge() does. */
static bool ask_by_path(struct upstream_probe *probe, struct upstream *found)
{
	struct upstream by_path = {0};

	if (!upstream_path_ask(probe, &by_path)) {
		return false;
	}
	*found = by_path;
	found->result = found->count == 1 ? UPSTREAM_FOUND : UPSTREAM_UNSURE;
	return true;
}

/*
 * The same as ask_all(), and by GET if that may show more. `held`: the servers that it has a connection
 * to; `near`: also those that anything has had one to.
 */
static bool find_asking(struct upstream_probe *probe, const struct upstream *held,
	const struct upstream *near, struct upstream *found, bool *alone)
{
	bool sure = ask_all(probe, found, alone);
	struct upstream by_get;

	/* Most programs are no proxies: a page is made once more only if this one may be one. */
	if ((near->count || probe->unix_files.any) && refuses_head(probe, found)) {
		probe->gets = true;
		probe->unix_files = (struct unix_files){0};
		sure = ask(probe, false, &by_get);
		*found = sure ? by_get : *found;
	}
	if (may_pass_path(probe, found)) {
		sure = ask_by_path(probe, found);
	}
	if (probe->question->secure && found->result != UPSTREAM_FOUND &&
		probe->passed == PASSED_UNKNOWN && !upstream_trials_any_answered(&probe->trials)) {
		/*
		 * For example because it asks for a certificate: any server that it is
		 * connected to may be the one, and others.
		 */
		*found = *held;
		found->result = UPSTREAM_UNSURE;
		found->mute = found->maybe_self = found->incomplete = true;
		sure = false;
	}
	return sure;
}

/* Returns whether the ends may be a chain: see upstream-chain.h. `alone`: as in upstream_probe_all(). */
static bool find(const struct upstream_question *question, struct upstream *found, bool *alone)
{
	struct upstream_probe *probe = upstream_probe_new(question);
	struct upstream held = {.result = UPSTREAM_UNASKED}, near;
	bool sure = false;

	*found = (struct upstream){.result = UPSTREAM_FAILED};
	if (!probe) {
		return false;
	}
	tcp_traffic_hold(probe->traffic, probe->pids, probe->pid_count, take_near, &held);
	near = held;
	tcp_traffic_ended(probe->traffic, take_near, &near);
	*found = (struct upstream){.result = UPSTREAM_SELF};
	if (question->caution == UPSTREAM_LOOKS) {
		*found = near.count ? near : *found;
	} else if (question->caution != UPSTREAM_WATCHES || near.count) {
		sure = find_asking(probe, &held, &near, found, alone);
	}
	if (found->result == UPSTREAM_SELF || found->maybe_self) {
		upstream_probe_confirm_unix(probe, *alone);
		if (question->is_proxy && !found->mute) {
			upstream_probe_ask_unix(probe);
		}
		found->unix_names = probe->unix_names;
	}
	found->passes = probe->passes;
	upstream_probe_free(probe);
	return sure && found->result == UPSTREAM_UNSURE;
}

void upstream_find(const struct upstream_question *question, struct upstream *found)
{
	bool alone = false;

	if (find(question, found, &alone)) {
		upstream_chain_resolve(question, alone, found);
	}
}
