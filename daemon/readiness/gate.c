/* SPDX-License-Identifier: MIT */
#include "readiness/gate-private.h"

void gate_set_look(struct gate *gate, uint64_t now)
{
	uint64_t gone = (now - gate->since_usec) / 5;
	uint64_t longest = now < gate->starts_until ? GATE_LOOK_STARTS_USEC : GATE_LOOK_DOWN_USEC;

	switch (gate->state) {
	case GATE_OPEN:
		gate->look_usec = gate->asking		 ? now + GATE_LOOK_USEC
			: gate->unexplained_usec ? gate->unexplained_usec + GATE_REPORT_USEC
						 : CLOCK_NEVER;
		break;
	case GATE_EXPECTING:
		gate->look_usec = now + GATE_LOOK_USEC;
		break;
	case GATE_RESTARTING:
		gate->look_usec = now + GATE_LOOK_USEC;
		break;
	case GATE_DOWN:
		/*
		 * The interval increases: it is a fifth of the time for which the server has been
		 * down.
		 */
		if (now - gate->since_usec > gate->times.look_for) {
			gate->look_usec = CLOCK_NEVER;
		} else {
			gone = gone < longest ? gone : longest;
			gate->look_usec = now + (gone > GATE_LOOK_USEC ? gone : GATE_LOOK_USEC);
		}
		break;
	}
}

void gate_init(struct gate *gate, const struct gate_times *times, uint64_t now,
	const struct server_state *seen)
{
	*gate = (struct gate){.times = *times, .look_usec = CLOCK_NEVER};
	if (seen->serving) {
		gate->shown = gate_newest_of(seen);
	} else {
		gate->state = GATE_DOWN;
		gate->since_usec = now;
		gate_set_look(gate, now);
	}
}

/* When the file was written, converted to the clock of `now_usec`. */
static uint64_t written_of(const struct gate_save *save)
{
	uint64_t ago =
		save->now_boot > save->written_boot ? save->now_boot - save->written_boot : 0;

	return save->now_usec - (ago < GATE_AHEAD_USEC ? ago : 0);
}

/* From now on, a restart counts as caused by this save, unless one has begun already. */
static void blame(struct gate *gate, const struct gate_save *save)
{
	uint64_t written = written_of(save);

	if (gate->sign_usec && gate->blamed_usec) {
		return; /* an earlier save caused it */
	}
	gate->blamed_usec = written;
	gate->blame_until = save->now_usec + gate->times.trial;
	/* The restart may have begun before the save was reported. */
	gate->sign_usec = gate->state == GATE_RESTARTING && gate->since_usec >= written
		? gate->since_usec
		: 0;
}

static void wait_for(struct gate *gate, const struct gate_save *save)
{
	bool first = !gate->waits;
	uint64_t written = written_of(save);
	uint64_t longest = save->delay + GATE_MARGIN_USEC;
	uint64_t until = written + (longest < gate->times.wait ? longest : gate->times.wait);

	gate->doubt_usec = first ? save->now_usec + GATE_DOUBT_USEC : gate->doubt_usec;
	gate->first_usec = first ? written : gate->first_usec;
	gate->waits = true;
	if (save->prediction != RESTART_EXPECTED) {
		gate->any = first || gate->any;
		gate->expect_until = first ? written : gate->expect_until;
		return;
	}
	gate->any = false;
	gate->written_usec = written;
	gate->written_boot = save->now_boot - (save->now_usec - written);
	gate->expected = save->delay;
	/* A later save does not shorten the wait for an earlier one. */
	if (first || gate->sign_usec || gate->state == GATE_RESTARTING ||
		gate->state == GATE_DOWN) {
		gate->expect_until = until;
	}
}

static unsigned save_unserved(struct gate *gate, const struct gate_save *save)
{
	/*
	 * The generation that is starting includes this save too; only a reloader may
	 * restart once more.
	 */
	wait_for(gate, save);
	/* The save may be a fix that starts the server: check often again, for a while. */
	if (gate->state == GATE_DOWN) {
		gate->since_usec = save->now_usec;
	}
	gate_set_look(gate, save->now_usec);
	return 0;
}

unsigned gate_save(struct gate *gate, const struct gate_save *save)
{
	uint64_t written_boot = save->now_boot - (save->now_usec - written_of(save));
	bool waited = gate->waits;
	unsigned actions = 0;

	/* While an earlier save may cause a restart, one that causes none is not blamed. */
	if (save->prediction != RESTART_NONE || !(gate->waits || gate->asking)) {
		blame(gate, save);
	}
	if (gate->state == GATE_DOWN || gate->state == GATE_RESTARTING) {
		return save_unserved(gate, save);
	}
	if (save->prediction == RESTART_EXPECTED && gate->shown >= written_boot + GATE_TICK_USEC) {
		/*
		 * The serving generation started after the file was written, so it already
		 * has the new code.
		 */
		actions = gate->waits ? 0 : GATE_SEND;
	} else if (save->prediction == RESTART_EXPECTED) {
		wait_for(gate, save);
		gate->state = GATE_EXPECTING;
	} else if (!gate->waits) {
		actions = GATE_SEND;
		gate->shown = gate->unexplained_usec ? gate->unexplained : gate->shown;
		gate->asking |= save->prediction == RESTART_UNKNOWN;
	}
	gate->unexplained_usec = 0;
	gate->doubt_usec = waited ? gate->doubt_usec : save->now_usec + GATE_DOUBT_USEC;
	gate_set_look(gate, save->now_usec);
	return actions;
}
