/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Connections in their opening handshake (RFC 6455, 4): read, checked against the table of
 * protocol/websocket.md, answered with a refusal, or handed on. Each takes a descriptor and
 * about 1 KiB, however long its request, for WS_HANDSHAKE_SECS at most.
 */

#include <stdint.h>
#include <sys/queue.h>

#include "util/log-limit.h"
#include "util/loop.h"

enum {
	OPENING_READ_MAX = 4096, /* bytes at one turn of the loop */
	/* What is said in the extension's place: only what counts, in one order. */
	OPENING_REQUEST_MAX = 512 + OPENING_READ_MAX,
};

/*
 * The handshake is right. `request` says the same as the extension did, without what does
 * not count, and holds what came after it. The callee owns the descriptor.
 */
typedef void opening_done_fn(int fd, const char *request, size_t length, void *userdata);

struct openings {
	TAILQ_HEAD(opening_list, opening) all; /* the oldest, whose time ends first, at the head */
	struct loop *loop;
	struct loop_timer *timer;
	unsigned count;
	opening_done_fn *done;
	void *userdata;
	struct log_limit refused;
};

void openings_init(struct openings *openings, struct loop *loop, opening_done_fn *done,
	void *userdata);
/* Hangs up. May be called from done(). */
void openings_deinit(struct openings *openings);

/* Owns the descriptor from now on. */
void openings_add(struct openings *openings, int fd);
