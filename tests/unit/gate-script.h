/* SPDX-License-Identifier: MIT */
#pragma once

#include "readiness/gate.h"
#include "unit.h"

/*
 * Scripts that test every transition of the gate: in each row, at a given millisecond, a save
 * is reported or the server is inspected, and the row has the expected actions and state.
 */

enum { SAVE, LOOK, END };

struct row {
	unsigned at; /* ms; also the time of the process clock */
	int what;
	enum restart_prediction prediction; /* SAVE */
	unsigned delay; /* SAVE, ms */
	int written; /* SAVE: when its file was written, in ms; 0: at the save */
	int serving; /* LOOK: the time of the serving code, in ms; -1: nothing is serving */
	int newest; /* LOOK: the youngest of several workers */
	int coming; /* LOOK: the youngest that does not accept yet */
	unsigned starved; /* LOOK: for how many ms */
	bool died, ended, lingers, busy, hand, in_place, working, searching, appeared,
		read; /* LOOK */
	unsigned actions;
	enum gate_state state;
};

static const struct gate_times times = {
	.trial = 2500 * CLOCK_USEC_PER_MSEC,
	.wait = 10 * CLOCK_USEC_PER_SEC,
	.down = 5 * CLOCK_USEC_PER_SEC,
	.look_for = 600 * CLOCK_USEC_PER_SEC,
};

#define BASE (1000 * CLOCK_USEC_PER_SEC)
#define MSEC(ms) (BASE + (uint64_t)(ms)*CLOCK_USEC_PER_MSEC)

static inline unsigned save(struct gate *gate, const struct row *row)
{
	struct gate_save saved = {
		.now_usec = MSEC(row->at),
		.now_boot = MSEC(row->at),
		.written_boot = MSEC(row->written ? (unsigned)row->written : row->at),
		.prediction = row->prediction,
		.delay = row->delay * CLOCK_USEC_PER_MSEC,
	};

	return gate_save(gate, &saved);
}

static inline unsigned look(struct gate *gate, const struct row *row)
{
	struct server_state seen = {
		.serving = row->serving >= 0,
		.died = row->died,
		.ended = row->ended,
		.lingers = row->lingers,
		.busy = row->busy,
		.working = row->working,
		.searching = row->searching,
		.appeared = row->appeared,
		.by_itself = !row->hand,
		.in_place = row->in_place,
		.coming = row->coming ? MSEC(row->coming) : 0,
		.starved = row->starved * CLOCK_USEC_PER_MSEC,
		.newest = row->newest ? MSEC(row->newest) : 0,
		.generation = row->serving > 0 ? MSEC(row->serving) : BASE - CLOCK_USEC_PER_SEC,
	};

	seen.read = row->read && gate_asks_read(gate, &seen);
	return gate_look(gate, MSEC(row->at), &seen);
}

static inline struct gate play(const char *name, const struct row *rows)
{
	struct gate gate;

	gate_init(&gate, &times, MSEC(0),
		&(struct server_state){.serving = true, .generation = BASE - CLOCK_USEC_PER_SEC});
	for (size_t i = 0; rows[i].what != END; i++) {
		const struct row *row = &rows[i];
		unsigned actions = row->what == SAVE ? save(&gate, row) : look(&gate, row);

		if (actions != row->actions || gate.state != row->state) {
			fail_msg("%s, row %zu at %u ms: actions %u, state %d; wanted %u, %d", name,
				i, row->at, actions, gate.state, row->actions, row->state);
		}
	}
	return gate;
}
