/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Connections in their opening handshake (RFC 6455, 4): reads the request, checks it against
 * the table in protocol/websocket.md, and refuses the connection or passes it on. Each uses a
 * descriptor and about 1 KiB, however long its request is, for at most WS_HANDSHAKE_SECS.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "util/log.h"
#include "util/loop.h"

enum {
	OPENING_READ_MAX = 4096, /* bytes per turn of the loop */
	/* The request that is passed on: only the fields that are needed, in a fixed order. */
	OPENING_REQUEST_MAX = 512 + OPENING_READ_MAX,
};

/*
 * The handshake is valid. `request` is the extension's request, reduced to the fields that are
 * needed, followed by the bytes that came after it. `origin` identifies the extension. The callee
 * owns the descriptor.
 */
typedef void opening_done_fn(
	int fd, const char *origin, const char *request, size_t length, void *userdata);

struct openings {
	/* the oldest, whose time runs out first, is at the head */
	TAILQ_HEAD(opening_list, opening) all;
	struct loop *loop;
	struct loop_timer *timer;
	unsigned count;
	opening_done_fn *done;
	void *userdata;
	struct log_limit refused;
	bool too_large; /* since the last handshake that was valid, one was too large */
};

/* What is wrong with those of a browser, and what to do. */
#define OPENING_TOO_LARGE "too many cookies of 127.0.0.1 or localhost: clear them in the browser"

void openings_init(struct openings *openings, struct loop *loop, opening_done_fn *done,
	void *userdata);
/* Closes all. May be called from done(). */
void openings_deinit(struct openings *openings);

/* Takes ownership of the descriptor. */
void openings_add(struct openings *openings, int fd);
