/* SPDX-License-Identifier: MIT */
#include "server/upstream-path.h"

#include "util/mem.h"

enum {
	PATH_TRIALS = 8,
	PATH_PADDED_FIRST = 2, /* if these show that no server has it, no others are sent */
	PATH_MATCHES = 2, /* of each kind */
	PATH_TWICE = 2, /* some programs send the path a second time, in a header */
};

static bool agrees(const struct upstream_trials *trials, const struct upstream_peer *peer,
	size_t trial, int64_t size, unsigned times)
{
	int64_t amount = (int64_t)trials->trials[trial].query * times;

	for (size_t i = 0; i < peer->jump_count[trial]; i++) {
		if (peer->jumps[trial][i] == size + amount) {
			return true;
		}
	}
	return false;
}

/* Whether the trials agree on requests of this size. */
static bool agree_on(const struct upstream_trials *trials, const struct upstream_peer *peer,
	int64_t size, unsigned times)
{
	unsigned padded = 0, plain = 0;

	for (size_t t = 0; t < trials->count; t++) {
		bool one = agrees(trials, peer, t, size, times);

		padded += one && trials->trials[t].query;
		plain += one && !trials->trials[t].query;
	}
	return padded >= PATH_MATCHES && plain >= PATH_MATCHES &&
		2 * (padded + plain) > trials->count;
}

bool upstream_path_has(const struct upstream_trials *trials, size_t index)
{
	const struct upstream_peer *peer = &trials->peers[index];

	for (size_t t = 0; t < trials->count; t++) {
		for (size_t i = 0; !trials->trials[t].query && i < peer->jump_count[t]; i++) {
			for (unsigned times = 1; times <= PATH_TWICE; times++) {
				if (agree_on(trials, peer, peer->jumps[t][i], times)) {
					return true;
				}
			}
		}
	}
	return false;
}

static bool any_has(const struct upstream_trials *trials)
{
	for (size_t i = 0; i < trials->peer_count; i++) {
		if (upstream_path_has(trials, i)) {
			return true;
		}
	}
	return false;
}

unsigned upstream_path_ask(struct upstream_probe *probe, struct upstream *found)
{
	const struct upstream_trials *trials = &probe->trials;
	unsigned absent = 0, count = 0;

	probe->trials = (struct upstream_trials){0};
	probe->to_the_answer = true;
	while (trials->count < PATH_TRIALS && absent < PATH_PADDED_FIRST && !any_has(trials) &&
		!atomic_load(probe->question->stop) &&
		upstream_probe_path(
			probe, trials->count < PATH_PADDED_FIRST || trials->count % 2)) {
		const struct upstream_trial *trial = &trials->trials[trials->count - 1];

		absent += trial->query && trial->answered && !trial->blurred &&
			!upstream_trials_any_open(trials);
	}
	probe->to_the_answer = false;
	for (size_t i = 0; i < trials->peer_count; i++) {
		if (upstream_path_has(trials, i) && count < UPSTREAM_ENDS_MAX) {
			upstream_end_of(&trials->peers[i].address, &found->ends[count++]);
		}
	}
	return found->count = count;
}
