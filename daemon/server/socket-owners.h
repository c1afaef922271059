/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "server/process.h"
#include "util/loop.h"

/*
 * One walk over all processes for who holds the sockets of a host and port: on the
 * worker thread, since a busy desktop makes it milliseconds long.
 */

struct socket_owners {
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];
	size_t socket_count;
	struct holder holders[HOLDERS_MAX]; /* done() may take them over, and empty them here */
	size_t holder_count;
	char *forwarder; /* who listens for somebody else there, if no holder was found */
};

struct socket_owners_search;

/* done() is called on the loop, once, unless socket_owners_cancel() comes first. */
typedef void socket_owners_fn(struct socket_owners *result, void *userdata);

struct socket_owners_search *socket_owners_find(struct loop *loop, const char *host, uint16_t port,
	enum loopback_order order, socket_owners_fn *done, void *userdata);
/* For who no longer wants the answer; not after done(). Takes NULL. */
void socket_owners_cancel(struct socket_owners_search *look);
