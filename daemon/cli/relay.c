/* SPDX-License-Identifier: MIT */
#include "cli/relay.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void relay_init(struct relay *relay, int from, int to)
{
	relay->from = from;
	relay->to = to;
	relay->state = RELAY_OPEN;
	relay->source_ended = relay->moved = false;
	relay->begin = relay->end = relay->passed = 0;
}

static bool relay_has_room(const struct relay *relay)
{
	return relay->end - relay->begin < RELAY_BYTES_MAX;
}

void relay_poll(const struct relay *relay, struct pollfd fds[2])
{
	bool open = relay->state == RELAY_OPEN;
	bool reads = open && !relay->source_ended && relay_has_room(relay);
	bool writes = open && relay->end > relay->begin;

	fds[0] = (struct pollfd){.fd = reads ? relay->from : -1, .events = POLLIN};
	/* Even without events, poll() reports that the sink's reader has ended. */
	fds[1] = (struct pollfd){.fd = open ? relay->to : -1, .events = writes ? POLLOUT : 0};
}

static void relay_read(struct relay *relay)
{
	ssize_t n;

	if (relay->begin == relay->end) {
		relay->begin = relay->end = 0;
	} else if (relay->end == RELAY_BYTES_MAX) {
		memmove(relay->bytes, relay->bytes + relay->begin, relay->end - relay->begin);
		relay->end -= relay->begin;
		relay->begin = 0;
	}
	n = read(relay->from, relay->bytes + relay->end, RELAY_BYTES_MAX - relay->end);
	if (n > 0) {
		relay->end += (size_t)n;
		relay->moved = true;
	} else if (n == 0) {
		relay->source_ended = true;
	} else if (errno != EAGAIN && errno != EINTR) {
		relay->state = RELAY_SOURCE_FAILED;
	}
}

static void relay_write(struct relay *relay)
{
	ssize_t n;

	if (relay->end == relay->begin || relay->to < 0) {
		return;
	}
	n = write(relay->to, relay->bytes + relay->begin, relay->end - relay->begin);
	if (n > 0) {
		relay->begin += (size_t)n;
		relay->passed += (size_t)n;
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		relay->state = RELAY_SINK_FAILED;
	}
}

enum relay_state relay_serve(struct relay *relay, const struct pollfd fds[2])
{
	if (relay->state != RELAY_OPEN) {
		return relay->state;
	}
	if (fds[1].revents & (POLLERR | POLLNVAL)) {
		relay->state = RELAY_SINK_FAILED;
		return relay->state;
	}
	if (fds[0].revents) {
		relay_read(relay);
	}
	/* Now, without a poll() first: usually the sink is writable. */
	if (relay->state == RELAY_OPEN) {
		relay_write(relay);
	}
	if (relay->state == RELAY_OPEN && relay->source_ended && relay->begin == relay->end) {
		relay->state = RELAY_ENDED;
	}
	return relay->state;
}
