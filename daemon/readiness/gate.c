/* SPDX-License-Identifier: MIT */
#include "readiness/gate.h"

static uint64_t window(const struct gate *gate, uint64_t delay)
{
	uint64_t usec = 2 * delay + 500 * CLOCK_USEC_PER_MSEC;

	if (usec < GATE_EXPECT_MIN_USEC) {
		usec = GATE_EXPECT_MIN_USEC;
	}
	return usec > gate->times.wait ? gate->times.wait : usec;
}

/* When to check next; depends on the state that was just reached. */
static void set_look(struct gate *gate, uint64_t now)
{
	uint64_t gone = now - gate->since_usec;

	switch (gate->state) {
	case GATE_OPEN:
		gate->look_usec = gate->asking ? now + GATE_LOOK_USEC : CLOCK_NEVER;
		break;
	case GATE_EXPECTING:
	case GATE_RESTARTING:
		gate->look_usec = now + GATE_LOOK_USEC;
		break;
	case GATE_DOWN:
		/* Increasing intervals: a fifth of the time for which it has been down. */
		if (gone > gate->times.look_for) {
			gate->look_usec = CLOCK_NEVER;
		} else if (gone / 5 > GATE_LOOK_DOWN_USEC) {
			gate->look_usec = now + GATE_LOOK_DOWN_USEC;
		} else {
			gate->look_usec =
				now + (gone / 5 > GATE_LOOK_USEC ? gone / 5 : GATE_LOOK_USEC);
		}
		break;
	}
}

void gate_init(struct gate *gate, const struct gate_times *times, uint64_t now,
	const struct server_state *seen)
{
	*gate = (struct gate){.times = *times, .look_usec = CLOCK_NEVER};
	if (seen->serving) {
		gate->shown = seen->generation;
	} else {
		gate->state = GATE_DOWN;
		gate->since_usec = now;
		set_look(gate, now);
	}
}

static void wait_for(struct gate *gate, uint64_t now, uint64_t now_boot, uint64_t until)
{
	gate->waits = true;
	gate->saved_usec = now;
	gate->saved_boot = now_boot;
	gate->expect_until = until;
	gate->doubt_usec = now + GATE_DOUBT_USEC;
}

unsigned gate_save(struct gate *gate, uint64_t now, uint64_t now_boot,
	enum restart_prediction prediction, uint64_t delay)
{
	unsigned actions = 0;

	if (gate->state == GATE_DOWN || gate->state == GATE_RESTARTING) {
		if (gate->state == GATE_RESTARTING && !gate->explained &&
			prediction != RESTART_NONE && now - gate->since_usec < GATE_AHEAD_USEC) {
			gate->explained = true;
			gate->delay = 0;
			prediction = RESTART_EXPECTED;
			delay = 0;
			actions = GATE_LEARN_RESTART;
			/* the save came before the restart began */
			now_boot -= now - gate->since_usec;
		}
		wait_for(gate, now, now_boot,
			prediction == RESTART_EXPECTED ? now + window(gate, delay) : now);
		/* A fix may start the server at any moment: check often again, for a while. */
		if (gate->state == GATE_DOWN) {
			gate->since_usec = now;
		}
	} else if (prediction == RESTART_NONE && !gate->asking && !gate->waits) {
		gate->saved_usec = now;
		gate->blame_until = now + gate->times.wait;
		return GATE_SEND;
	} else if (prediction == RESTART_EXPECTED) {
		wait_for(gate, now, now_boot, now + window(gate, delay));
		gate->state = GATE_EXPECTING;
	} else if (gate->asking || gate->waits) {
		/* The result of the trial applies to this save too. */
		uint64_t until =
			prediction == RESTART_UNKNOWN ? now + gate->times.trial : gate->ask_until;

		gate->ask_until = gate->asking ? until : gate->ask_until;
		wait_for(gate, now, now_boot,
			gate->waits && gate->expect_until > until ? gate->expect_until : until);
		gate->state = GATE_EXPECTING;
	} else {
		gate->asking = true;
		gate->saved_usec = now;
		gate->saved_boot = now_boot;
		gate->ask_until = now + gate->times.trial;
		gate->doubt_usec = now + GATE_DOUBT_USEC;
		gate->blame_until = now + gate->times.wait;
		actions = GATE_SEND;
	}
	set_look(gate, now);
	return actions;
}

static unsigned learn(struct gate *gate, uint64_t now, bool restarts)
{
	bool expecting = gate->state == GATE_EXPECTING && gate->waits;
	bool blames = gate->state == GATE_OPEN && now < gate->blame_until;

	if (restarts && gate->saved_usec && (gate->asking || expecting || blames)) {
		gate->asking = false;
		gate->delay = now - gate->saved_usec;
		gate->saved_usec = 0;
		return GATE_LEARN_RESTART;
	}
	if (gate->asking && now >= gate->ask_until) {
		gate->asking = false;
		return GATE_LEARN_NO_RESTART;
	}
	return 0;
}

static unsigned look_gone(
	struct gate *gate, uint64_t now, const struct server_state *seen, bool explained)
{
	if (gate->state == GATE_OPEN || gate->state == GATE_EXPECTING) {
		gate->state = GATE_RESTARTING;
		gate->since_usec = now;
		gate->explained = explained;
		gate->closing_asked = false;
		return GATE_TELL_WAITING;
	}
	if (seen->lingers && !gate->closing_asked && now - gate->since_usec >= GATE_LINGER_USEC) {
		gate->closing_asked = true;
		return GATE_CLOSE_CONNECTIONS;
	}
	if (gate->state == GATE_RESTARTING &&
		(seen->died || now - gate->since_usec >= gate->times.down)) {
		gate->state = GATE_DOWN;
		return GATE_TELL_DOWN;
	}
	return 0;
}

bool gate_doubts(const struct gate *gate, uint64_t now)
{
	return (gate->asking || gate->waits) && now >= gate->doubt_usec;
}

static unsigned look_serving(struct gate *gate, uint64_t now, const struct server_state *seen)
{
	bool was_gone = gate->state == GATE_RESTARTING || gate->state == GATE_DOWN;
	unsigned actions = was_gone ? GATE_TELL_LIVE : 0;

	if (seen->busy && gate_doubts(gate, now)) {
		gate->doubt_usec = now + GATE_DOUBT_USEC;
		actions |= GATE_USE_SPARE;
	}
	if (gate->waits) {
		bool fresh = seen->generation + GATE_TICK_USEC >= gate->saved_boot;

		if (!fresh && now < gate->expect_until) {
			gate->shown = seen->generation; /* or will show it: an event waits */
			gate->state = GATE_EXPECTING;
			return actions;
		}
		if (!gate->asking && gate->state == GATE_EXPECTING &&
			seen->generation == gate->shown) {
			/* a restart was expected and did not happen */
			actions |= GATE_LEARN_NO_RESTART;
		}
		gate->waits = false;
		if (fresh) {
			gate->saved_usec = 0;
		} else {
			gate->blame_until = now + gate->times.wait;
		}
		actions |= GATE_SEND;
	} else if (seen->generation > gate->shown) {
		actions |= GATE_STALE;
	}
	gate->shown = seen->generation;
	gate->state = GATE_OPEN;
	return actions;
}

void gate_watch_closely(struct gate *gate, uint64_t now)
{
	if (gate->state == GATE_DOWN) {
		gate->since_usec = now;
	}
}

unsigned gate_look(struct gate *gate, uint64_t now, const struct server_state *seen)
{
	bool sign = !seen->serving || seen->generation > gate->shown;
	unsigned actions = learn(gate, now, sign);

	actions |= seen->serving ? look_serving(gate, now, seen)
				 : look_gone(gate, now, seen, actions & GATE_LEARN_RESTART);
	set_look(gate, now);
	return actions;
}
