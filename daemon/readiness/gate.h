/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Decides when the reload for an event may be sent to the tabs of one server, so that a
 * page is never loaded from old code and never while the server is down. Pure; times are
 * arguments.
 *
 * A generation is the moment at which the server's accepting worker was started. What the
 * tabs show came from the generation `shown`. If a save restarts the server, its event may
 * be sent when a generation that started after the save is serving. Whenever a newer
 * generation than `shown` is serving, the tabs are stale and reload.
 *
 * restart-history.h records whether a kind of save restarts a server. As long as that is
 * not known, the first save is sent at once and is a trial: the server is watched for a
 * while, and further saves wait for the result.
 *
 *            save, restart expected        the old worker no longer accepts
 *   OPEN ------------------------> EXPECTING -------------------> RESTARTING
 *    ^  \----------------------------------------------------------^  |
 *    |     a generation is serving: a new one, or none came in time   | too long,
 *    +-----------------------------------------------------------+    v or it died
 *                                                                 \-- DOWN
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/* The settings, in microseconds. */
struct gate_times {
	uint64_t trial; /* how long the server is watched after a save of unknown effect */
	/*
	 * how long an expected restart may take to begin, at most; also, a restart that
	 * begins within this time after a save was sent is attributed to that save
	 */
	uint64_t wait;
	/* how long nothing is serving before the tabs are told that the server is down */
	uint64_t down;
	/* how long a server that is down is checked; after that only at a save or a visit */
	uint64_t look_for;
};
/*
 * A reloader may restart the server before the editor's report of the save arrives: at most
 * this much earlier.
 */
#define GATE_AHEAD_USEC (500 * CLOCK_USEC_PER_MSEC)
/* An expected restart is given at least this long to begin. */
#define GATE_EXPECT_MIN_USEC (1 * CLOCK_USEC_PER_SEC)
/*
 * If an old worker has not ended after this time, it waits for its clients, possibly for
 * our tabs.
 */
#define GATE_LINGER_USEC (100 * CLOCK_USEC_PER_MSEC)
/*
 * If an expected restart has not begun after this time, the worker may be blocked: it
 * accepts one connection at a time, and has accepted one that a browser opened in advance
 * and sends nothing on.
 */
#define GATE_DOUBT_USEC (1500 * CLOCK_USEC_PER_MSEC)
/*
 * How often to check the server: the interval while a change is near, and the longest
 * interval when it is down.
 */
#define GATE_LOOK_USEC (10 * CLOCK_USEC_PER_MSEC)
#define GATE_LOOK_DOWN_USEC (1 * CLOCK_USEC_PER_SEC)
/* The resolution of the clock of process starts. */
#define GATE_TICK_USEC (10 * CLOCK_USEC_PER_MSEC)

enum gate_state {
	GATE_OPEN,
	GATE_EXPECTING, /* an event waits for a restart to begin */
	GATE_RESTARTING, /* nothing is serving */
	GATE_DOWN, /* nothing has been serving for too long, or the server died */
};

/* What is known of the server right now; see server_view(). */
struct server_state {
	bool serving;
	bool died;
	bool lingers;
	bool busy; /* known only if gate_doubts() */
	uint64_t generation; /* CLOCK_BOOTTIME; of the serving generation */
};

/* What is expected after a save of certain files. */
enum restart_prediction {
	RESTART_UNKNOWN,
	RESTART_EXPECTED,
	RESTART_NONE, /* the server keeps running and serves the new content */
};

/* What to do now; several can be combined. */
enum {
	GATE_SEND = 1, /* send the event that waits */
	GATE_STALE = 2, /* a newer generation than `shown` is serving: reload the tabs */
	/* tell the tabs that nothing is serving, but that the server may come back */
	GATE_TELL_WAITING = 4,
	GATE_TELL_DOWN = 8, /* tell the tabs that the server does not come back */
	GATE_TELL_LIVE = 16, /* tell the tabs that the server is serving again */
	GATE_LEARN_RESTART = 32, /* record that these files restart the server, after `delay` */
	/* record that these files did not restart the server this time */
	GATE_LEARN_NO_RESTART = 64,
	GATE_CLOSE_CONNECTIONS =
		128, /* ask the tabs to close their connections: the old worker waits for them */
	/* ask the tabs to use the connections that the browser opened in advance */
	GATE_USE_SPARE = 256,
};

struct gate {
	struct gate_times times; /* can be changed at any time */
	enum gate_state state;
	uint64_t shown; /* the generation that the tabs show */
	bool waits; /* whether an event waits */
	uint64_t
		/* when the latest save arrived to which a restart is attributed, or 0 */
		saved_usec;
	uint64_t saved_boot; /* the same time by CLOCK_BOOTTIME */
	uint64_t expect_until; /* when the event is sent even without a restart */
	/* after the event was sent, a restart until then is attributed to it */
	uint64_t blame_until;
	bool asking; /* whether we do not know yet if the save at `saved_usec` causes a restart */
	uint64_t ask_until;
	uint64_t doubt_usec; /* from then on, check whether the worker is busy */
	/* with GATE_LEARN_RESTART: from the save to the first sign of the restart */
	uint64_t delay;
	uint64_t since_usec; /* RESTARTING, DOWN: since when nothing is serving */
	bool explained; /* whether this restart has been attributed to a save */
	bool closing_asked; /* whether the tabs were asked to close connections since then */
	uint64_t look_usec; /* when to check next; CLOCK_NEVER: not at all */
};

/* The tabs show what the server is serving. If nothing is serving, the state is DOWN. */
void gate_init(struct gate *gate, const struct gate_times *times, uint64_t now_usec,
	const struct server_state *seen);

/*
 * A save, or with RESTART_NONE also a request to reload. With RESTART_EXPECTED, `delay` is
 * how long a restart took to begin. Either GATE_SEND is among the returned actions, or the
 * event waits. GATE_LEARN_RESTART may be among them too.
 */
unsigned gate_save(struct gate *gate, uint64_t now_usec, uint64_t now_boot,
	enum restart_prediction prediction, uint64_t delay);

/* Whether the gate needs to know if the serving worker is busy. */
bool gate_doubts(const struct gate *gate, uint64_t now_usec);

/*
 * A new observation: because `look_usec` has come, or because a process of the server has
 * ended.
 */
unsigned gate_look(struct gate *gate, uint64_t now_usec, const struct server_state *seen);

/* Something happens to a server that is down: check often again, for a while. */
void gate_watch_closely(struct gate *gate, uint64_t now_usec);
