/* SPDX-License-Identifier: MIT */
#pragma once

#include "readiness/readiness.h"
#include "readiness/restart-sample.h"

/* What keeper.c, kept.c and kept-act.c share: one server and its gate; nobody else's business. */

/* What is kept for one server; it is the server's data. */
struct kept {
	struct keeper *keeper;
	struct server *server;
	struct gate gate;
	struct loop_timer *timer;
	pid_t worker; /* of the generation that served last */
	uint64_t serial; /* the event that waits, or 0 */
	struct project *project; /* whose event it is, and whose files are asked about */
	bool mixed; /* it stands for earlier ones too, whose files it does not name */
	uint64_t waits_since;
	struct question question;
	struct kept *next;
};

struct keeper {
	struct loop *loop;
	struct ledger *ledger;
	struct browsers *browsers;
	struct kept *first;
	struct learned lessons;
	keeper_learned_fn *learned;
	void *userdata;
};

/* Makes the server's gate from what is seen of it now. */
struct kept *kept_new(struct keeper *keeper, struct server *server);
void kept_free(struct kept *kept);

/* Looks at the server and does what its gate says. */
void kept_look(struct kept *kept);

/* An event for the tabs that show the server. */
void kept_event(
	struct kept *kept, struct project *project, uint64_t serial, const struct fileset *files);

/* The event that waits is over for this server. */
void kept_let_go(struct kept *kept, enum step_kind kind, const char *text);
