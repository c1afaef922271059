/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Never stale, never early, and no wait for what does not come: when may an event's reload
 * leave for the tabs of one server? Pure; times are arguments.
 *
 * A generation is the moment from which on the code that serves was read: the start of the
 * accepting worker, or, where that only changed its program or its socket, the last moment
 * at which it was seen to serve before. What the tabs show came from one, `shown`. A save
 * that restarts the server may leave when a generation serves that is newer than the
 * file; and whenever a newer generation than the one shown serves, the tabs are stale and
 * reload.
 *
 * A save waits for a sign that new code is on its way: the old worker no longer accepts, or
 * another one does. It is only waited for where a restart is predicted, so long as one has
 * taken to show before and GATE_MARGIN_USEC; then the event leaves. A restart that comes
 * all the same reloads the tabs again. Where nothing is predicted, it leaves at once, and
 * the server is watched for a while.
 *
 *          save, restart predicted       the old worker no longer accepts
 *   OPEN ------------------------> EXPECTING -------------------> RESTARTING
 *    ^  \----------------------------------------------------------^  |
 *    |        a newer generation serves, or there was no sign         | too long,
 *    +-----------------------------------------------------------+    v or it died
 *                                                                 \-- DOWN
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/* What can be set, in microseconds. */
struct gate_times {
	uint64_t trial; /* how long the server is watched after a save that has left */
	uint64_t wait; /* for a restart whose sign is held up, at most */
	uint64_t down; /* from then on that nothing serves until the tabs are told */
	uint64_t look_for; /* then it is no longer looked for, until a save or a tab asks */
};
/* So much longer than ever before a sign may take. */
#define GATE_MARGIN_USEC (300 * CLOCK_USEC_PER_MSEC)
/* The same after a restart that may have been too early for the newest save. */
#define GATE_AGAIN_USEC (100 * CLOCK_USEC_PER_MSEC)
/* Saves in a row hold a restarted server's reload back for so long at most. */
#define GATE_PATIENCE_USEC (1500 * CLOCK_USEC_PER_MSEC)
/* A file may have been written so long before its save was reported, at most. */
#define GATE_AHEAD_USEC (10 * CLOCK_USEC_PER_SEC)
/* An old worker that has not ended by then waits for its clients: our tabs, it may be. */
#define GATE_LINGER_USEC (100 * CLOCK_USEC_PER_MSEC)
/* A program that has ended, with all that could start it again, is down after that. */
#define GATE_ENDED_USEC (1 * CLOCK_USEC_PER_SEC)
/*
 * A restart that has not shown by then may wait for a worker that takes one connection
 * at a time, and was given one that nothing is asked on, which browsers keep ready.
 */
#define GATE_DOUBT_USEC (700 * CLOCK_USEC_PER_MSEC)
/*
 * How often to check the server: the interval while a change is near, and the longest
 * interval when it is down.
 */
#define GATE_LOOK_USEC (10 * CLOCK_USEC_PER_MSEC)
#define GATE_LOOK_DOWN_USEC (80 * CLOCK_USEC_PER_MSEC)
/* The clocks of process starts and of files tick so coarsely. */
#define GATE_TICK_USEC (10 * CLOCK_USEC_PER_MSEC)

enum gate_state {
	GATE_OPEN,
	GATE_EXPECTING, /* an event waits for a sign, or for what follows one */
	GATE_RESTARTING, /* nothing serves */
	GATE_DOWN, /* for too long, or it died */
};

/* What is seen of the server; see server_view(). */
struct server_state {
	bool serving;
	bool died;
	bool ended; /* and nobody is there who would start it again */
	bool lingers;
	bool busy; /* seen only where gate_doubts() */
	uint64_t starved; /* seen only where gate_asks_starved(): usec without a CPU since the save */
	bool by_itself; /* the generation came without a person's doing */
	uint64_t generation; /* CLOCK_BOOTTIME; of several serving workers the oldest one's */
	uint64_t newest; /* the youngest one's */
	bool coming; /* a younger one is there, and does not accept yet */
};

/* What is known of the files of a save. */
enum restart_prediction {
	RESTART_NONE, /* the server goes on, and serves the new content */
	RESTART_UNKNOWN,
	RESTART_OLD, /* as NONE, but it may answer with the old content for `delay` */
	RESTART_EXPECTED, /* its first sign comes within `delay` */
};

struct gate_save {
	uint64_t now_usec;
	uint64_t now_boot; /* the same by CLOCK_BOOTTIME */
	uint64_t written_boot; /* when the newest of the files was */
	enum restart_prediction prediction;
	uint64_t delay;
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
	uint64_t shown; /* the generation that the tabs show; of several workers the youngest's */
	bool waits; /* an event does */
	bool old; /* only until old answers have ended */
	uint64_t first_usec; /* since when the oldest save waits */
	uint64_t written_usec; /* when the newest of the files was that a restart is predicted for */
	uint64_t written_boot; /* the same by CLOCK_BOOTTIME */
	uint64_t expected; /* how long its sign may take */
	uint64_t expect_until; /* when the event leaves though there was no sign */
	uint64_t again_usec; /* when old answers to a later save have ended, or 0 */
	/* The save that a restart is put down to: */
	uint64_t blamed_usec; /* when it was written; 0: none */
	uint64_t blame_until;
	bool asking; /* nothing is known of its files: the server is watched until then */
	uint64_t sign_usec; /* the first sign since then, or 0 */
	bool proven; /* with GATE_LEARN_RESTART: nothing else explains it */
	uint64_t delay; /* with GATE_LEARN_RESTART: from the file to the first sign */
	uint64_t doubt_usec; /* whether it is busy is looked at from then on */
	uint64_t since_usec; /* RESTARTING, DOWN: since when nothing serves */
	bool closing_asked; /* it was said, since then */
	uint64_t look_usec; /* when to look next; CLOCK_NEVER for not at all */
};

/* The tabs show what serves; or nothing does, and it is DOWN. */
void gate_init(struct gate *gate, const struct gate_times *times, uint64_t now_usec,
	const struct server_state *seen);

/*
 * A save (or, with RESTART_NONE, a wish to reload). Either GATE_SEND is in the answer, or
 * the event waits.
 */
unsigned gate_save(struct gate *gate, const struct gate_save *save);

/* Whether it matters how long the server had to wait for a CPU: its sign may be late for that. */
bool gate_asks_starved(const struct gate *gate, uint64_t now_usec);

/* Whether it matters that the serving worker is busy. */
bool gate_doubts(const struct gate *gate, uint64_t now_usec);

/* Something was seen: at `look_usec`, or because a process of the server has ended. */
unsigned gate_look(struct gate *gate, uint64_t now_usec, const struct server_state *seen);

/* Something happens to a server that is down: look closely again, for a while. */
void gate_watch_closely(struct gate *gate, uint64_t now_usec);
