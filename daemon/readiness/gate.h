/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Never stale, never early: when may an event's reload leave for the tabs of one
 * server? Pure; times are arguments.
 *
 * A generation is the moment at which the server's accepting worker was started.
 * What the tabs show came from one, `shown`. A save that restarts the server may
 * leave when a generation serves that was started after the save; and whenever a
 * newer generation than the one shown serves, the tabs are stale and reload.
 *
 * Whether a restart follows a save is learned (restart-history.h). While it is not known,
 * the first save leaves at once and is a trial: for a while the server is
 * watched, and further saves wait for the outcome.
 *
 *            save, restart expected        the old worker no longer accepts
 *   OPEN ------------------------> EXPECTING -------------------> RESTARTING
 *    ^  \----------------------------------------------------------^  |
 *    |        a generation serves, fresh or none came in time         | too long,
 *    +-----------------------------------------------------------+    v or it died
 *                                                                 \-- DOWN
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/* What can be set, in microseconds. */
struct gate_times {
	uint64_t trial; /* how long the server is watched after a save that nothing is known of */
	/*
	 * for a learned restart to show, at the most; one that shows so soon after a save
	 * that has left is put down to it
	 */
	uint64_t wait;
	uint64_t down; /* from then on that nothing serves until the tabs are told */
	uint64_t look_for; /* then it is no longer looked for, until a save or a tab asks */
};
/* A reloader may be quicker than the editor's word of the save: by so much at the most. */
#define GATE_AHEAD_USEC (500 * CLOCK_USEC_PER_MSEC)
/* A learned restart may take so long to show at the least. */
#define GATE_EXPECT_MIN_USEC (1 * CLOCK_USEC_PER_SEC)
/* An old worker that has not ended by then waits for its clients: our tabs, it may be. */
#define GATE_LINGER_USEC (100 * CLOCK_USEC_PER_MSEC)
/*
 * A restart that has not shown by then may wait for a worker that takes one connection
 * at a time, and was given one that nothing is asked on, which browsers keep ready.
 */
#define GATE_DOUBT_USEC (1500 * CLOCK_USEC_PER_MSEC)
/* How often to look: while a change is near, and at the most seldom when it is down. */
#define GATE_LOOK_USEC (10 * CLOCK_USEC_PER_MSEC)
#define GATE_LOOK_DOWN_USEC (1 * CLOCK_USEC_PER_SEC)
/* The clock of process starts ticks so coarsely. */
#define GATE_TICK_USEC (10 * CLOCK_USEC_PER_MSEC)

enum gate_state {
	GATE_OPEN,
	GATE_EXPECTING, /* an event waits for a restart to show */
	GATE_RESTARTING, /* nothing serves */
	GATE_DOWN, /* for too long, or it died */
};

/* What is seen of the server; see server_view(). */
struct server_state {
	bool serving;
	bool died;
	bool lingers;
	bool busy; /* seen only where gate_doubts() */
	uint64_t generation; /* CLOCK_BOOTTIME; of the serving one */
};

/* What is known of the files of a save. */
enum restart_prediction {
	RESTART_UNKNOWN,
	RESTART_EXPECTED,
	RESTART_NONE, /* the server goes on, and serves the new content */
};

/* What to do now; several at once. */
enum {
	GATE_SEND = 1, /* the event that waits leaves */
	GATE_STALE = 2, /* a newer generation than the shown one serves: reload */
	GATE_TELL_WAITING = 4, /* the tabs: nothing serves, but it may come */
	GATE_TELL_DOWN = 8, /* the tabs: it does not come */
	GATE_TELL_LIVE = 16, /* the tabs: it serves again */
	GATE_LEARN_RESTART = 32, /* the files in question: a restart follows, after `delay` */
	GATE_LEARN_NO_RESTART = 64, /* the files in question: none did, this time */
	GATE_CLOSE_CONNECTIONS =
		128, /* the tabs: close your connections, the old worker waits for them */
	GATE_USE_SPARE = 256, /* the tabs: ask something on the connections that are kept ready */
};

struct gate {
	struct gate_times times; /* may be changed at any time */
	enum gate_state state;
	uint64_t shown; /* the generation that the tabs show */
	bool waits; /* an event does */
	uint64_t
		saved_usec; /* when the newest save was heard that a restart is put down to, or 0 */
	uint64_t saved_boot; /* the same by CLOCK_BOOTTIME */
	uint64_t expect_until; /* when it leaves though no restart has come */
	uint64_t blame_until; /* it has left; a restart that shows by then is put down to it */
	bool asking; /* whether a restart follows the save at `saved_usec` */
	uint64_t ask_until;
	uint64_t doubt_usec; /* whether it is busy is looked at from then on */
	uint64_t delay; /* with GATE_LEARN_RESTART: from save to the first sign */
	uint64_t since_usec; /* RESTARTING, DOWN: since when nothing serves */
	bool explained; /* by a save; it is not another one's doing */
	bool closing_asked; /* it was said, since then */
	uint64_t look_usec; /* when to look next; CLOCK_NEVER for not at all */
};

/* The tabs show what serves; or nothing does, and it is DOWN. */
void gate_init(struct gate *gate, const struct gate_times *times, uint64_t now_usec,
	const struct server_state *seen);

/*
 * A save (or, with RESTART_NONE, a wish to reload). `delay` is how long a restart
 * has taken to show, with RESTART_EXPECTED. Either GATE_SEND is in the answer, or
 * the event waits; GATE_LEARN_RESTART may be there too.
 */
unsigned gate_save(struct gate *gate, uint64_t now_usec, uint64_t now_boot,
	enum restart_prediction prediction, uint64_t delay);

/* Whether it matters that the serving worker is busy. */
bool gate_doubts(const struct gate *gate, uint64_t now_usec);

/* Something was seen: at `look_usec`, or because a process of the server has ended. */
unsigned gate_look(struct gate *gate, uint64_t now_usec, const struct server_state *seen);

/* Something happens to a server that is down: look closely again, for a while. */
void gate_watch_closely(struct gate *gate, uint64_t now_usec);
