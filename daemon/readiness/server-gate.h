/* SPDX-License-Identifier: MIT */
#pragma once

#include "readiness/readiness.h"
#include "readiness/restart-sample.h"

/* What readiness.c, server-gate.c and server-gate-actions.c share: one server and its gate. */

/* One server's gate; it is the data of that server. */
struct server_gate {
	struct readiness *readiness;
	struct server *server;
	struct gate machine;
	struct loop_timer *timer;
	pid_t worker; /* of the generation that served last */
	uint64_t generation;
	uint64_t serial; /* the event that waits, or 0 */
	struct project *project; /* whose event it is, and whose files are asked about */
	bool mixed; /* it stands for earlier ones too, whose files it does not name */
	uint64_t waits_since;
	uint64_t run_delay; /* the server's, when the event began to wait for a restart */
	struct restart_sample sample;
	struct server_gate *next;
};

struct readiness {
	struct loop *loop;
	struct ledger *ledger;
	struct browsers *browsers;
	struct server_gate *first;
	struct restart_history lessons;
	readiness_history_fn *history_changed;
	void *userdata;
};

/* Makes the server's gate from what is seen of it now. */
struct server_gate *server_gate_new(struct readiness *readiness, struct server *server);
void server_gate_free(struct server_gate *gate);

/* Looks at the server and does what its gate says. */
void server_gate_look(struct server_gate *gate);

/* An event for the tabs that show the server. */
void server_gate_event(struct server_gate *gate, struct project *project, uint64_t serial,
	const struct fileset *files);

/* The event that waits is over for this server. */
void server_gate_drop_event(struct server_gate *gate, enum step_kind kind, const char *text);

/* What one server's gate decides, reported to the tabs and the ledger. */

/* Does what `actions` say; `view` is what they were decided by. */
void server_gate_act(struct server_gate *gate, unsigned actions, const struct server_view *view);

/* The event waits, in place of the one that did before. */
void server_gate_wait(struct server_gate *gate, uint64_t serial, uint64_t now_usec);
