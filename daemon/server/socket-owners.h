/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "util/loop.h"
#include "server/process.h"

/*
 * One walk over all processes for who holds the sockets of a host and port: on the
 * worker thread, since a busy desktop makes it milliseconds long.
 */

struct look_result {
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];
	size_t socket_count;
	struct holder holders[HOLDERS_MAX]; /* done() may take them over, and empty them here */
	size_t holder_count;
	char *forwarder; /* who listens for somebody else there, if no holder was found */
};

struct look;

/* done() is called on the loop, once, unless look_cancel() comes first. */
typedef void look_done_fn(struct look_result *result, void *userdata);

struct look *look_new(struct loop *loop, const char *host, uint16_t port, enum loopback_order order,
	look_done_fn *done, void *userdata);
/* For who no longer wants the answer; not after done(). Takes NULL. */
void look_cancel(struct look *look);
