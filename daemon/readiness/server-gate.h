/* SPDX-License-Identifier: MIT */
#pragma once

#include "readiness/readiness.h"
#include "readiness/restart-sample.h"
#include "readiness/unread.h"
#include "server/builders.h"

/* One server and its gate, shared by readiness.c, server-gate.c and server-gate-actions.c. */

/* The gate of one server; stored as that server's data. */
struct server_gate {
	struct readiness *readiness;
	struct server *server;
	struct gate machine;
	struct loop_timer *timer;
	pid_t worker; /* of the generation that was serving last */
	uint64_t generation;
	uint64_t serial; /* the event that waits, or 0 */
	struct project *project; /* the project of that event and of the sample's files */
	bool mixed; /* the event replaced earlier ones, whose files it does not name */
	uint64_t waits_since;
	uint64_t old_until; /* the server may answer with old content until then */
	/* How long the server and the machine had waited for a CPU when the event began to wait: */
	uint64_t run_delay, pressure;
	struct builders builders; /* the builds that run beside the server */
	struct builders_search *search; /* for them, in progress, or NULL */
	bool searched; /* for this wait */
	struct restart_sample sample;
	struct unread unread; /* the files for which the event waits */
	uint64_t likely_usec; /* when a file was saved last that may be part of the program */
	struct server_gate *next;
};

/* How much time the looks of all gates have taken in a period. */
struct looks {
	uint64_t began_usec, spent_usec;
};

struct readiness {
	struct loop *loop;
	struct ledger *ledger;
	struct browsers *browsers;
	struct server_gate *first;
	struct restart_history lessons;
	struct looks looks;
	readiness_history_fn *history_changed;
	void *userdata;
};

/* Creates the gate from the present state of the server. */
struct server_gate *server_gate_new(struct readiness *readiness, struct server *server);
void server_gate_free(struct server_gate *gate);

/* Inspects the server and does what its gate decides. */
void server_gate_look(struct server_gate *gate);

/* An event for the tabs that show the server. */
void server_gate_event(struct server_gate *gate, struct project *project, uint64_t serial,
	const struct fileset *files);

/* Ends the waiting event for this server. */
void server_gate_drop_event(struct server_gate *gate, enum step_kind kind, const char *text);

/* What may delay the sign of a restart; server-gate-signs.c. */

/* The event begins to wait for a restart. */
void server_gate_begin_signs(struct server_gate *gate);
/* Adds what may delay the sign to the view, if the gate needs it. */
void server_gate_see_signs(struct server_gate *gate, uint64_t now_usec, struct server_state *seen);
void server_gate_end_signs(struct server_gate *gate);

/* Carries out the gate's decisions: tells the tabs and adds steps to the ledger. */

/* Carries out `actions`, which were decided from `view`. */
void server_gate_act(struct server_gate *gate, unsigned actions, const struct server_view *view);

/* The event waits and replaces the one that waited before. */
void server_gate_wait(struct server_gate *gate, uint64_t serial, uint64_t now_usec);
