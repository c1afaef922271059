/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One direction of a byte pipe: from one descriptor to another, with a bounded
 * buffer between them. Nothing is read while the buffer is full, so a slow reader
 * slows down the writer, and memory is bounded. Never blocks: both descriptors must
 * have O_NONBLOCK. Owns neither of them.
 */

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

enum { RELAY_BYTES_MAX = 64 * 1024 };

enum relay_state {
	RELAY_OPEN,
	RELAY_ENDED,  /* the source has ended, and all its bytes were passed on */
	RELAY_SOURCE_FAILED,
	RELAY_SINK_FAILED, /* its reader has ended */
};

struct relay {
	int from, to; /* `to` may be -1: then bytes wait until there is one */
	enum relay_state state;
	bool source_ended;
	bool moved; /* whether a byte has come from the source */
	size_t passed; /* bytes that the sink has taken; may wrap */
	size_t begin, end; /* of the bytes that wait */
	char bytes[RELAY_BYTES_MAX];
};

void relay_init(struct relay *relay, int from, int to);

/* What to poll() for: fds[0] is the source, fds[1] the sink. */
void relay_poll(const struct relay *relay, struct pollfd fds[2]);
/* Reads and writes as much as possible, after poll() has filled in the same two. */
enum relay_state relay_serve(struct relay *relay, const struct pollfd fds[2]);
