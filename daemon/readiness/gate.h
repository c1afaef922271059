/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Decides when the reload for an event may be sent to the tabs of one server. A page must not
 * be loaded from old code, nor while the server is down, nor wait long for a restart that does
 * not come. Pure; times are arguments.
 *
 * A generation is the time after which the serving code was read: the start of the worker that
 * accepts connections, or, if that process only changed its program or its socket, the last
 * time at which it was seen serving before. The tabs show pages of the generation `shown`. If
 * a save restarts the server, its event may be sent when a generation is serving that is newer
 * than the file. Whenever a newer generation than `shown` is serving, the tabs are stale and
 * reload.
 *
 * If a save comes during a restart, the new worker may have begun before it and still load the saved
 * file. If a program has read the file since, that was the worker. Otherwise the save waits a moment
 * for another restart.
 *
 * If a restart is predicted, a save waits for its first sign: the old worker no longer
 * accepts, or another one does. It waits as long as earlier restarts took to begin, plus
 * GATE_MARGIN_USEC, and while a build is running; without a sign, the event is then sent. If a
 * restart comes after that, the tabs reload again. If no restart is predicted, the event is
 * sent immediately, and the server is watched for a while.
 *
 *          save, restart predicted       the old worker no longer accepts
 *   OPEN ------------------------> EXPECTING -------------------> RESTARTING
 *    ^  \----------------------------------------------------------^  |
 *    |     a newer generation is serving, or there was no sign        | too long,
 *    +-----------------------------------------------------------+    v or it died
 *                                                                 \-- DOWN
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/* The settings, in microseconds. */
struct gate_times {
	uint64_t trial; /* how long the server is watched after an event was sent */
	uint64_t wait; /* how long to wait at most for a restart whose sign is delayed */
	/* how long nothing is serving before the tabs are notified that it is down */
	uint64_t down;
	/* how long a server that is down is checked; after that only at a save or a visit */
	uint64_t look_for;
};
/* After a build, or another program that leads to new code, the sign may take this long. */
#define GATE_WORK_USEC (750 * CLOCK_USEC_PER_MSEC)
/* A sign may take this much longer than the longest one before. */
#define GATE_MARGIN_USEC (300 * CLOCK_USEC_PER_MSEC)
/* The same, after a restart that may have been too early for the latest save. */
#define GATE_AGAIN_USEC (100 * CLOCK_USEC_PER_MSEC)
/* A reloader without a watch looks at its files this often, at the least. */
#define GATE_POLL_USEC CLOCK_USEC_PER_SEC
/* Several saves in a row delay a restarted server's reload by at most this time. */
#define GATE_PATIENCE_USEC (1500 * CLOCK_USEC_PER_MSEC)
/* A file may have been written at most this long before its save was reported. */
#define GATE_AHEAD_USEC (10 * CLOCK_USEC_PER_SEC)
/*
 * If an old worker has not ended after this time, it waits for its clients, possibly for
 * our tabs.
 */
#define GATE_LINGER_USEC (100 * CLOCK_USEC_PER_MSEC)
/*
 * If a program has ended, and with it every process that could start it again, the server is
 * down after this time.
 */
#define GATE_ENDED_USEC (1 * CLOCK_USEC_PER_SEC)
/*
 * If an expected restart has not begun after this time, the worker may be blocked: it
 * accepts one connection at a time, and has accepted one that a browser opened in advance
 * and sends nothing on.
 */
#define GATE_DOUBT_USEC (700 * CLOCK_USEC_PER_MSEC)
/*
 * How often to check the server: the interval while a change is near; the longest interval
 * when it is down; and the longest one when it has been listening for less than
 * GATE_STARTS_USEC but does not accept connections yet.
 */
#define GATE_LOOK_USEC (10 * CLOCK_USEC_PER_MSEC)
#define GATE_LOOK_DOWN_USEC (50 * CLOCK_USEC_PER_MSEC)
#define GATE_LOOK_STARTS_USEC (20 * CLOCK_USEC_PER_MSEC)
#define GATE_STARTS_USEC (10 * CLOCK_USEC_PER_SEC)
/*
 * A worker may end because of a save that is reported this much later: a restart that no save explains
 * is acted on only then.
 */
#define GATE_REPORT_USEC (20 * CLOCK_USEC_PER_MSEC)
/* The resolution of the clocks of process starts and of files. */
#define GATE_TICK_USEC (10 * CLOCK_USEC_PER_MSEC)

enum gate_state {
	GATE_OPEN,
	GATE_EXPECTING, /* an event waits for a sign, or for what follows it */
	GATE_RESTARTING, /* nothing is serving */
	GATE_DOWN, /* nothing has been serving for too long, or the server died */
};

/* The observed state of the server; see server_view(). */
struct server_state {
	bool serving;
	bool appeared; /* nothing listened at the last look, and something does now */
	bool died;
	bool ended; /* ended, and no process is left that would start it again */
	bool lingers;
	bool busy; /* known only if gate_doubts() */
	/* Seen only if gate_nears_end(): */
	uint64_t
		starved; /* how long the lack of a free CPU may have delayed a restart since the save */
	bool working; /* a build is running, or a new process has begun */
	bool searching; /* it is not known yet whether a build is running */
	bool by_itself; /* no user started this generation */
	bool in_place; /* the next restart may be one that ends no process, so no one reports it */
	uint64_t generation; /* CLOCK_BOOTTIME; of several serving workers, that of the oldest */
	uint64_t newest; /* that of the youngest */
	uint64_t coming; /* that of the youngest that was not seen to accept yet, if it is younger; or 0 */
	bool read; /* seen only if gate_asks_read(): each saved file was read since it was written */
};

/* What is predicted after a save of certain files. */
enum restart_prediction {
	RESTART_NONE, /* the server keeps running and serves the new content */
	RESTART_UNKNOWN,
	RESTART_OLD, /* like RESTART_NONE, but the server may answer with the old content for a while */
	RESTART_EXPECTED, /* the first sign of a restart comes within `delay` */
};

struct gate_save {
	uint64_t now_usec;
	uint64_t now_boot; /* the same by CLOCK_BOOTTIME */
	uint64_t written_boot; /* when the last of the files was written */
	enum restart_prediction prediction;
	uint64_t delay;
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
	uint64_t shown; /* the generation that the tabs show (the youngest worker's) */
	uint64_t beside; /* the youngest worker that served beside an older one, before the save */
	/* since when a newer generation serves that no save explains; 0: none */
	uint64_t unexplained_usec;
	uint64_t unexplained; /* the youngest worker's generation at that time */
	bool waits; /* whether an event waits */
	bool any; /* the next generation has the saved code, whichever it is */
	uint64_t
		renewed_usec; /* when a newer generation than the one before was seen serving; 0: never */
	uint64_t first_usec; /* since when the oldest save waits */
	/* when the last of the files was written for which a restart is predicted */
	uint64_t written_usec;
	uint64_t written_boot; /* the same by CLOCK_BOOTTIME */
	uint64_t expected; /* how long the sign may take */
	uint64_t expect_until; /* when the event is sent even without a sign */
	/* The save to which a restart is attributed: */
	uint64_t blamed_usec; /* when it was written; 0: none */
	uint64_t blame_until;
	/* a restart after it is possible but not predicted: watch the server until `blame_until` */
	bool asking;
	uint64_t sign_usec; /* the first sign since then, or 0 */
	bool proven; /* with GATE_LEARN_RESTART: there is no other explanation */
	uint64_t delay; /* with GATE_LEARN_RESTART: from the write of the file to the first sign */
	uint64_t doubt_usec; /* from then on, check whether the worker is busy */
	uint64_t since_usec; /* RESTARTING, DOWN: since when nothing is serving */
	uint64_t starts_until; /* until then the server may be starting */
	bool closing_asked; /* whether tabs were asked to close connections after `since_usec` */
	uint64_t look_usec; /* when to check next; CLOCK_NEVER: not at all */
};

/* The tabs show what the server is serving. If nothing is serving, the state is DOWN. */
void gate_init(struct gate *gate, const struct gate_times *times, uint64_t now_usec,
	const struct server_state *seen);

/*
 * A save, or with RESTART_NONE also a request to reload. Either GATE_SEND is among the
 * returned actions, or the event waits.
 */
unsigned gate_save(struct gate *gate, const struct gate_save *save);

/*
 * Whether the wait for a sign is about to end without one. Then the caller checks what may delay
 * the sign: a running build, or a busy machine.
 */
bool gate_nears_end(const struct gate *gate, uint64_t now_usec);

/*
 * Whether the gate needs to know if the saved files were read: the serving generation may have begun
 * before the save, and loaded its code after it.
 */
bool gate_asks_read(const struct gate *gate, const struct server_state *seen);

/* Whether the gate needs to know if the serving worker is busy. */
bool gate_doubts(const struct gate *gate, uint64_t now_usec);

/*
 * Takes a new observation, made because `look_usec` has come or a process of the server has
 * ended.
 */
unsigned gate_look(struct gate *gate, uint64_t now_usec, const struct server_state *seen);

/* The server is down, but may be starting: check often again, for a while. */
void gate_watch_closely(struct gate *gate, uint64_t now_usec);
