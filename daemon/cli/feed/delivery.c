/* SPDX-License-Identifier: MIT */
#include "cli/feed/delivery.h"

#include <stdio.h>

#include "util/clock.h"
#include "cli/call/call.h"
#include "cli/print/complain.h"

#define DELIVERY_TIMEOUT_USEC (CLIENT_TIMEOUT_MSEC * CLOCK_USEC_PER_MSEC)

void delivery_fault(struct delivery *delivery, enum exit_code code)
{
	if (code > delivery->code) {
		delivery->code = code;
	}
}

static size_t delivery_count(const struct delivery *delivery, bool sent)
{
	size_t n = 0;

	for (const struct batch *batch = delivery->queue; batch; batch = batch->next) {
		n += !sent || batch->serial;
	}
	return n;
}

static void delivery_remove(struct delivery *delivery, struct batch *batch)
{
	struct batch **at = &delivery->queue;

	while (*at != batch) {
		at = &(*at)->next;
	}
	*at = batch->next;
	batch_free(batch);
}

/* Gives a save up; `why` says who cannot be reached, or what the daemon did not like. */
static void delivery_drop(
	struct delivery *delivery, struct batch *batch, enum exit_code code, const char *why)
{
	_cleanup_free_ char *label = batch_label(batch);

	complain("save: %s: %s", label, why);
	delivery_fault(delivery, code);
	delivery_remove(delivery, batch);
}

static void delivery_on_reply(const struct client_reply *reply, void *userdata)
{
	struct delivery *delivery = userdata;
	struct batch *batch = delivery->queue;

	while (batch && batch->serial != reply->serial) {
		batch = batch->next;
	}
	if (!batch) {
		return; /* given up before */
	}
	if (reply->unanswered && !batch->again) {
		batch->again = true;
		batch->serial = 0;
		return;
	}
	if (reply->result != CALL_DONE) {
		delivery_drop(delivery, batch, call_exit_code(reply->result), reply->why);
		return;
	}
	if (delivery->json) {
		call_print_json(json_pack("{s:O*}", "event", json_array_get(reply->values, 0)));
		fflush(stdout);
	}
	delivery_remove(delivery, batch);
}

/* The bus is gone, and with it what it owed us. */
static void delivery_disconnected(struct delivery *delivery)
{
	struct batch *next;

	client_free(delivery->client);
	delivery->client = NULL;
	delivery->rest = true;
	for (struct batch *batch = delivery->queue; batch; batch = next) {
		next = batch->next;
		if (batch->serial && batch->again) {
			delivery_drop(delivery, batch, EXIT_CODE_UNREACHABLE,
				"the session bus went away twice before it was delivered");
		} else if (batch->serial) {
			batch->again = true;
			batch->serial = 0;
		}
	}
}

void delivery_send(struct delivery *delivery)
{
	static const struct client_handlers handlers = {.reply = delivery_on_reply};
	_cleanup_free_ char *why = NULL;
	size_t unanswered = delivery_count(delivery, true);

	if (delivery->rest) {
		return;
	}
	for (struct batch *batch = delivery->queue; batch && unanswered < DELIVERY_CALLS_MAX;
		batch = batch->next) {
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
		delivery_drop(delivery, delivery->queue, EXIT_CODE_UNREACHABLE, why);
	}
}

void delivery_deinit(struct delivery *delivery)
{
	while (delivery->queue) {
		delivery_remove(delivery, delivery->queue);
	}
	client_free(delivery->client);
	delivery->client = NULL;
}

void delivery_add(struct delivery *delivery, struct batch *batch)
{
	struct batch **at = &delivery->queue;

	while (*at) {
		at = &(*at)->next;
	}
	*at = batch;
	delivery->rest = false;
}

void delivery_serve(struct delivery *delivery)
{
	if (!client_serve(delivery->client)) {
		delivery_disconnected(delivery);
	}
}

uint64_t delivery_check_times(struct delivery *delivery, uint64_t now_usec, uint64_t end_usec)
{
	uint64_t wake = CLOCK_NEVER;
	struct batch *next;

	for (struct batch *batch = delivery->queue; batch; batch = next) {
		uint64_t due = end_usec;

		next = batch->next;
		if (batch->serial && batch->sent_usec + DELIVERY_TIMEOUT_USEC < due) {
			due = batch->sent_usec + DELIVERY_TIMEOUT_USEC;
		}
		if (due <= now_usec) {
			delivery_drop(delivery, batch, EXIT_CODE_UNREACHABLE,
				"no answer: savecastd hangs, or takes too long to start");
		} else if (due < wake) {
			wake = due;
		}
	}
	return wake;
}

bool delivery_is_full(const struct delivery *delivery)
{
	return !delivery->rest && delivery_count(delivery, false) >= DELIVERY_CALLS_MAX;
}
