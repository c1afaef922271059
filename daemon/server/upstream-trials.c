/* SPDX-License-Identifier: MIT */
#include "server/upstream-trials.h"

#include <string.h>

#include "util/mem.h"

enum {
	MATCHES = 3, /* trials that agree prove it: two agree by chance in one of thousands */
	ABSENCES =
		5, /* trials without it prove that it was not sent the request: a busy kernel loses
			 * some reports of ended connections */
	REFUSALS =
		2, /* trials with an attempt to connect where nothing listens; one is by chance */
};

void upstream_trials_begin(struct upstream_trials *trials, uint32_t query, uint32_t header)
{
	trials->trials[trials->count++] = (struct upstream_trial){.query = query, .header = header};
}

static bool is_at(const struct upstream_address *one, const struct upstream_address *other)
{
	return one->port == other->port && one->v6 == other->v6 &&
		memcmp(&one->ip, &other->ip, one->v6 ? 16 : 4) == 0;
}

static struct upstream_peer *peer_of(
	struct upstream_trials *trials, const struct upstream_address *address)
{
	for (size_t i = 0; i < trials->peer_count; i++) {
		if (is_at(&trials->peers[i].address, address)) {
			return &trials->peers[i];
		}
	}
	if (trials->peer_count == UPSTREAM_PEERS_MAX) {
		trials->too_many = true;
		return NULL;
	}
	trials->peers[trials->peer_count].address = *address;
	return &trials->peers[trials->peer_count++];
}

int upstream_trials_sent(
	struct upstream_trials *trials, const struct upstream_address *to, uint64_t bytes)
{
	size_t now = trials->count - 1;
	const struct upstream_trial *trial = &trials->trials[now];
	struct upstream_peer *peer = peer_of(trials, to);

	if (!peer) {
		return -1;
	}
	peer->moved |= UINT32_C(1) << now;
	if (bytes < (trial->header ? trial->header : trial->query)) {
		return -1;
	}
	if (bytes >= trial->query + trial->header) {
		peer->open |= UINT32_C(1) << now;
	}
	if (peer->jump_count[now] < UPSTREAM_JUMPS_MAX && bytes <= UINT32_MAX) {
		peer->jumps[now][peer->jump_count[now]++] = (uint32_t)bytes;
	} else {
		peer->unknown |= UINT32_C(1) << now;
	}
	return (int)(peer - trials->peers);
}

void upstream_trials_unseen(struct upstream_trials *trials, const struct upstream_address *to)
{
	struct upstream_peer *peer = peer_of(trials, to);

	if (peer) {
		peer->moved |= UINT32_C(1) << (trials->count - 1);
		peer->open |= UINT32_C(1) << (trials->count - 1);
		peer->unknown |= UINT32_C(1) << (trials->count - 1);
	}
}

void upstream_trials_held(struct upstream_trials *trials, const struct upstream_address *to)
{
	struct upstream_peer *peer = peer_of(trials, to);

	if (peer) {
		peer->held = true;
	}
}

void upstream_trials_refused(struct upstream_trials *trials, const struct upstream_address *to)
{
	size_t i = 0;

	while (i < trials->refusal_count && !is_at(&trials->refusals[i].address, to)) {
		i++;
	}
	if (i < UPSTREAM_REFUSALS_MAX) {
		trials->refusals[i].address = *to;
		trials->refusals[i].trials |= UINT32_C(1) << (trials->count - 1);
		trials->refusals[i].count++;
		trials->refusal_count += i == trials->refusal_count;
	}
}

bool upstream_trials_any_refused(const struct upstream_trials *trials)
{
	for (size_t i = 0; i < trials->refusal_count; i++) {
		if (trials->refusals[i].trials & UINT32_C(1) << (trials->count - 1)) {
			return true;
		}
	}
	return false;
}

const struct upstream_refusal *upstream_trials_refusing(const struct upstream_trials *trials)
{
	const struct upstream_refusal *most = NULL;

	for (size_t i = 0; i < trials->refusal_count; i++) {
		const struct upstream_refusal *one = &trials->refusals[i];
		int count = __builtin_popcount(one->trials);

		if (count >= REFUSALS && 2 * (size_t)count > trials->count &&
			(!most || count > __builtin_popcount(most->trials))) {
			most = one;
		}
	}
	return most;
}

void upstream_trials_answered(struct upstream_trials *trials)
{
	trials->trials[trials->count - 1].answered = true;
}

void upstream_trials_blurred(struct upstream_trials *trials)
{
	trials->trials[trials->count - 1].blurred = true;
}

bool upstream_trials_any_open(const struct upstream_trials *trials)
{
	for (size_t i = 0; i < trials->peer_count; i++) {
		if (trials->peers[i].open & UINT32_C(1) << (trials->count - 1)) {
			return true;
		}
	}
	return false;
}

/* How often a connection that was sent the request carries each of the two amounts. */
struct carried {
	unsigned query, header;
};

/* What a jump has besides these amounts; negative if it cannot contain them. */
static int64_t excess_of(
	const struct upstream_trial *trial, uint32_t bytes, const struct carried *carried)
{
	return (int64_t)bytes - (int64_t)carried->header * trial->header -
		(int64_t)carried->query * trial->query;
}

static bool has_jump(const struct upstream_trials *trials, const struct upstream_peer *peer,
	size_t trial, const struct carried *carried, int64_t excess)
{
	for (size_t i = 0; i < peer->jump_count[trial]; i++) {
		if (excess_of(&trials->trials[trial], peer->jumps[trial][i], carried) == excess) {
			return true;
		}
	}
	return false;
}

/* How many trials agree on what else a request to the peer has: the most that do. */
static unsigned agreeing(const struct upstream_trials *trials, const struct upstream_peer *peer,
	const struct carried *carried)
{
	unsigned most = 0;

	for (size_t t = 0; t < trials->count; t++) {
		for (size_t j = 0; j < peer->jump_count[t]; j++) {
			int64_t excess = excess_of(&trials->trials[t], peer->jumps[t][j], carried);
			unsigned count = 0;

			for (size_t i = 0; excess >= 0 && i < trials->count; i++) {
				count += has_jump(trials, peer, i, carried, excess);
			}
			most = count > most ? count : most;
		}
	}
	return most;
}

/* Whether all that it was sent has one size, which the random amounts do not change. */
static bool is_constant(const struct upstream_trials *trials, const struct upstream_peer *peer)
{
	uint32_t size = 0;
	unsigned count = 0;

	for (size_t t = 0; t < trials->count; t++) {
		for (size_t j = 0; j < peer->jump_count[t]; j++, count++) {
			if (size && peer->jumps[t][j] != size) {
				return false;
			}
			size = peer->jumps[t][j];
		}
	}
	return !peer->unknown && count >= MATCHES;
}

/* In how many trials it certainly was not sent the request. */
static unsigned absences(const struct upstream_trials *trials, const struct upstream_peer *peer)
{
	unsigned count = 0;

	for (size_t t = 0; t < trials->count; t++) {
		const struct upstream_trial *trial = &trials->trials[t];

		count += trial->answered && !trial->blurred && !(peer->open & UINT32_C(1) << t);
	}
	return count;
}

/* Some proxies pass the query on twice, also in a header of theirs. */
static const struct carried whole[] = {{1, 1}, {2, 1}}, headers = {0, 1};

/* How many trials agree that the peer was sent the whole request. */
static unsigned agreeing_whole(
	const struct upstream_trials *trials, const struct upstream_peer *peer)
{
	unsigned most = 0;

	for (size_t i = 0; i < COUNT_OF(whole); i++) {
		unsigned count = agreeing(trials, peer, &whole[i]);

		most = count > most ? count : most;
	}
	return most;
}

enum upstream_evidence upstream_trials_of(const struct upstream_trials *trials, size_t index)
{
	const struct upstream_peer *peer = &trials->peers[index];
	unsigned absent = absences(trials, peer), most = agreeing_whole(trials, peer);

	if (most >= MATCHES) {
		return !absent && 2 * most >= trials->count ? UPSTREAM_ALWAYS : UPSTREAM_SOMETIMES;
	}
	if (is_constant(trials, peer)) {
		return UPSTREAM_NOTHING;
	}
	if (agreeing(trials, peer, &headers) >= MATCHES) {
		return UPSTREAM_HEADERS;
	}
	return absent >= ABSENCES && most < 2 ? UPSTREAM_NOTHING : UPSTREAM_OPEN;
}

/* How many were answered, with all of their connections seen. */
static unsigned seen(const struct upstream_trials *trials)
{
	unsigned count = 0;

	for (size_t t = 0; t < trials->count; t++) {
		count += trials->trials[t].answered && !trials->trials[t].blurred;
	}
	return count;
}

bool upstream_trials_are_seen(const struct upstream_trials *trials)
{
	return seen(trials) >= (trials->slow ? 1 : MATCHES);
}

bool upstream_trials_are_enough(const struct upstream_trials *trials)
{
	bool passed = false;

	if (trials->count == UPSTREAM_TRIALS_MAX) {
		return true;
	}
	for (size_t i = 0; i < trials->peer_count; i++) {
		enum upstream_evidence evidence = upstream_trials_of(trials, i);

		if (evidence == UPSTREAM_OPEN) {
			return false;
		}
		passed |= evidence == UPSTREAM_ALWAYS;
	}
	return passed ? upstream_trials_are_seen(trials) : seen(trials) >= ABSENCES;
}

bool upstream_trials_moved(const struct upstream_trials *trials)
{
	uint32_t all = (UINT32_C(1) << trials->count) - 1;

	for (size_t i = 0; i < trials->peer_count; i++) {
		if (trials->peers[i].moved == all) {
			return true;
		}
	}
	return false;
}

bool upstream_trials_any_answered(const struct upstream_trials *trials)
{
	for (size_t t = 0; t < trials->count; t++) {
		if (trials->trials[t].answered) {
			return true;
		}
	}
	return false;
}

/* How many trials agree that it was sent the request, or its headers; 0 if all that it was sent has one size. */
static unsigned agreeing_of(const struct upstream_trials *trials, const struct upstream_peer *peer)
{
	unsigned most = agreeing_whole(trials, peer);

	if (trials->trials[0].header && agreeing(trials, peer, &headers) > most) {
		most = agreeing(trials, peer, &headers);
	}
	return is_constant(trials, peer) ? 0 : most;
}

bool upstream_trials_agree(const struct upstream_trials *trials)
{
	for (size_t i = 0; i < trials->peer_count; i++) {
		if (agreeing_of(trials, &trials->peers[i]) >= 2) {
			return true;
		}
	}
	return false;
}

bool upstream_trials_show_none(const struct upstream_trials *trials, bool last)
{
	unsigned answered = 0;

	for (size_t t = 0; t < trials->count; t++) {
		answered += trials->trials[t].answered;
	}
	for (size_t i = 0; i < trials->peer_count; i++) {
		unsigned most = agreeing_of(trials, &trials->peers[i]);

		if (trials->peers[i].held || (most >= 2 && 2 * most >= answered)) {
			return false;
		}
	}
	return !trials->too_many && answered >= (last ? 2 : ABSENCES);
}
