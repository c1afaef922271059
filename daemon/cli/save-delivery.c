/* SPDX-License-Identifier: MIT */
#include "cli/save-delivery.h"

#include <stdio.h>

#include "util/clock.h"
#include "cli/call.h"
#include "cli/error.h"

#define SAVE_DELIVERY_TIMEOUT_USEC (CLIENT_TIMEOUT_MSEC * CLOCK_USEC_PER_MSEC)

void save_delivery_fault(struct save_delivery *delivery, enum exit_code code)
{
	if (code > delivery->code) {
		delivery->code = code;
	}
}

static size_t save_delivery_count(const struct save_delivery *delivery, bool sent)
{
	size_t n = 0;

	for (const struct save_batch *batch = delivery->queue; batch; batch = batch->next) {
		n += !sent || batch->serial;
	}
	return n;
}

static void save_delivery_remove(struct save_delivery *delivery, struct save_batch *batch)
{
	struct save_batch **at = &delivery->queue;

	while (*at != batch) {
		at = &(*at)->next;
	}
	*at = batch->next;
	save_batch_free(batch);
}

/* Gives up on a save. `why` says what cannot be reached, or why the daemon refused the save. */
static void save_delivery_drop(struct save_delivery *delivery, struct save_batch *batch,
	enum exit_code code, const char *why)
{
	_cleanup_free_ char *label = save_batch_label(batch);

	error_print("save: %s: %s", label, why);
	save_delivery_fault(delivery, code);
	save_delivery_remove(delivery, batch);
}

static void save_delivery_on_reply(const struct client_reply *reply, void *userdata)
{
	struct save_delivery *delivery = userdata;
	struct save_batch *batch = delivery->queue;

	while (batch && batch->serial != reply->serial) {
		batch = batch->next;
	}
	if (!batch) {
		return; /* already given up */
	}
	if (reply->unanswered && !batch->again) {
		batch->again = true;
		batch->serial = 0;
		return;
	}
	if (reply->result != CALL_DONE) {
		save_delivery_drop(delivery, batch, call_exit_code(reply->result), reply->why);
		return;
	}
	if (delivery->json) {
		call_print_json(json_pack("{s:O*}", "event", json_array_get(reply->values, 0)));
		fflush(stdout);
	}
	save_delivery_remove(delivery, batch);
}

/* The connection to the bus is lost, and with it all pending replies. */
static void save_delivery_disconnected(struct save_delivery *delivery)
{
	struct save_batch *next;

	client_free(delivery->client);
	delivery->client = NULL;
	delivery->rest = true;
	for (struct save_batch *batch = delivery->queue; batch; batch = next) {
		next = batch->next;
		if (batch->serial && batch->again) {
			save_delivery_drop(delivery, batch, EXIT_CODE_UNREACHABLE,
				"the session bus went away twice before it was delivered");
		} else if (batch->serial) {
			batch->again = true;
			batch->serial = 0;
		}
	}
}

void save_delivery_send(struct save_delivery *delivery)
{
	static const struct client_handlers handlers = {.reply = save_delivery_on_reply};
	_cleanup_free_ char *why = NULL;
	size_t unanswered = save_delivery_count(delivery, true);

	if (delivery->rest) {
		return;
	}
	for (struct save_batch *batch = delivery->queue;
		batch && unanswered < SAVE_DELIVERY_CALLS_MAX; batch = batch->next) {
		if (batch->serial) {
			continue;
		}
		if (!delivery->client) {
			delivery->client = client_new(&handlers, delivery, &why);
		}
		if (!delivery->client) {
			break;
		}
		batch->serial = client_send(delivery->client,
			&(struct client_method){.member = "Saved",
				.names = batch->names,
				.name_count = batch->count,
				.has_options = true});
		batch->sent_usec = clock_now_usec();
		unanswered++;
	}
	while (why && delivery->queue) {
		save_delivery_drop(delivery, delivery->queue, EXIT_CODE_UNREACHABLE, why);
	}
}

void save_delivery_deinit(struct save_delivery *delivery)
{
	while (delivery->queue) {
		save_delivery_remove(delivery, delivery->queue);
	}
	client_free(delivery->client);
	delivery->client = NULL;
}

void save_delivery_add(struct save_delivery *delivery, struct save_batch *batch)
{
	struct save_batch **at = &delivery->queue;

	while (*at) {
		at = &(*at)->next;
	}
	*at = batch;
	delivery->rest = false;
}

void save_delivery_serve(struct save_delivery *delivery)
{
	if (!client_serve(delivery->client)) {
		save_delivery_disconnected(delivery);
	}
}

uint64_t save_delivery_check_times(
	struct save_delivery *delivery, uint64_t now_usec, uint64_t end_usec)
{
	uint64_t wake = CLOCK_NEVER;
	struct save_batch *next;

	for (struct save_batch *batch = delivery->queue; batch; batch = next) {
		uint64_t due = end_usec;

		next = batch->next;
		if (batch->serial && batch->sent_usec + SAVE_DELIVERY_TIMEOUT_USEC < due) {
			due = batch->sent_usec + SAVE_DELIVERY_TIMEOUT_USEC;
		}
		if (due <= now_usec) {
			save_delivery_drop(delivery, batch, EXIT_CODE_UNREACHABLE,
				"no answer: savecastd hangs, or takes too long to start");
		} else if (due < wake) {
			wake = due;
		}
	}
	return wake;
}

bool save_delivery_is_full(const struct save_delivery *delivery)
{
	return !delivery->rest && save_delivery_count(delivery, false) >= SAVE_DELIVERY_CALLS_MAX;
}
