/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Delivers saves to the daemon without waiting for replies. At most SAVE_DELIVERY_CALLS_MAX
 * calls are unanswered at a time; further ones are queued. If the daemon or the bus ends
 * before it replies, the call is made once more. Each save that could not be delivered is
 * reported on one line of standard error.
 */

#include "cli/client-bus.h"
#include "cli/save-batch.h"
#include "cli/verb.h"

enum { SAVE_DELIVERY_CALLS_MAX = 16 };

struct save_delivery {
	struct client *client; /* NULL while there is no connection */
	struct save_batch *queue;   /* oldest first; those with a serial are unanswered */
	bool rest;             /* the bus has ended: do not connect before the next save */
	bool json;             /* print {"event":N} for each */
	enum exit_code code;   /* the worst so far */
};

/* Frees what it holds, not itself. */
void save_delivery_deinit(struct save_delivery *delivery);

/* Takes ownership of the batch. Sets `rest` to false. */
void save_delivery_add(struct save_delivery *delivery, struct save_batch *batch);

/* Makes the calls that are allowed now. Connects if it has to, which may block. */
void save_delivery_send(struct save_delivery *delivery);

/* Reads and writes; call it when poll() reports the client's descriptor. */
void save_delivery_serve(struct save_delivery *delivery);

/*
 * Gives up on each call that was not answered within CLIENT_TIMEOUT_MSEC, and at
 * `end_usec` gives up on all of them. Returns when to call this again, CLOCK_NEVER if no
 * reply is pending.
 */
uint64_t save_delivery_check_times(struct save_delivery *delivery, uint64_t now_usec, uint64_t end_usec);

/* Whether the queue is full, so that no more should be read. Never true while `rest` is set. */
bool save_delivery_is_full(const struct save_delivery *delivery);

void save_delivery_fault(struct save_delivery *delivery, enum exit_code code);
