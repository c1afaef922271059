/* SPDX-License-Identifier: MIT */
#include "cli/forward-state.h"

#include "util/mem.h"

void forward_state_init(struct forward_state *state)
{
	*state = (struct forward_state){.link = FORWARD_IDLE};
}

void forward_state_clear(struct forward_state *state)
{
	free(state->why);
	forward_state_init(state);
}

bool forward_state_may_run(const struct forward_state *state, uint64_t now_usec)
{
	return now_usec >= state->retry_usec;
}

static bool forward_state_become(
	struct forward_state *state, enum forward_link link, const char *why)
{
	bool same_why = why && state->why ? strcmp(why, state->why) == 0 : !why && !state->why;
	bool news = state->link != link || !same_why;

	state->link = link;
	if (!same_why) {
		free(state->why);
		state->why = why ? mem_strdup(why) : NULL;
	}
	return news;
}

bool forward_state_answered(struct forward_state *state)
{
	state->failures = 0;
	state->retry_usec = 0;
	return forward_state_become(state, FORWARD_CONNECTED, NULL);
}

bool forward_state_failed(
	struct forward_state *state, bool answered, const char *why, uint64_t now_usec)
{
	uint64_t pause = FORWARD_FIRST_PAUSE_USEC;

	if (answered) {
		return forward_state_become(state, FORWARD_LOST, why);
	}
	for (unsigned i = 0; i < state->failures && pause < FORWARD_MAX_PAUSE_USEC; i++) {
		pause *= 2;
	}
	state->failures++;
	state->retry_usec =
		now_usec + (pause < FORWARD_MAX_PAUSE_USEC ? pause : FORWARD_MAX_PAUSE_USEC);
	return forward_state_become(state, FORWARD_FAILED, why);
}

const char *forward_link_name(enum forward_link link)
{
	static const char *const names[] = {
		[FORWARD_IDLE] = "idle",
		[FORWARD_CONNECTED] = "connected",
		[FORWARD_LOST] = "lost",
		[FORWARD_FAILED] = "failed",
	};

	return names[link];
}
