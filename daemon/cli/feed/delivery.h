/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Saves on their way to the daemon, none of them waited for. At most
 * DELIVERY_CALLS_MAX calls are unanswered; the others stay in line. A call that
 * the daemon or the bus left unanswered by going away is made once more. What is
 * given up is complained about, one line each.
 */

#include "cli/call/client-bus.h"
#include "cli/feed/batch.h"
#include "cli/verb/verb.h"

enum { DELIVERY_CALLS_MAX = 16 };

struct delivery {
	struct client *client; /* NULL while there is no connection */
	struct batch *queue;   /* oldest first; those with a serial are unanswered */
	bool rest;             /* the bus went away: connect again when there is more to do */
	bool json;             /* print {"event":N} for each */
	enum exit_code code;   /* the worst so far */
};

/* Frees what it holds, not itself. */
void delivery_deinit(struct delivery *delivery);

/* Takes the batch. Ends the rest. */
void delivery_add(struct delivery *delivery, struct batch *batch);

/* Makes the calls that may be made now; connects if it must, which may block. */
void delivery_send(struct delivery *delivery);

/* Reads and writes, after poll() said so of the client's descriptor. */
void delivery_serve(struct delivery *delivery);

/*
 * Gives up on what was not answered in CLIENT_TIMEOUT_MSEC, and at `end_usec` on
 * all. Returns when to look again, CLOCK_NEVER if nothing is awaited.
 */
uint64_t delivery_check_times(struct delivery *delivery, uint64_t now_usec, uint64_t end_usec);

/* Whether so much is in line that no more should be read. At rest only news gets it to move. */
bool delivery_is_full(const struct delivery *delivery);

void delivery_fault(struct delivery *delivery, enum exit_code code);
