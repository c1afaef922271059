/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/process.h"
#include "util/loop.h"

/*
 * One search of all processes for those that hold the sockets of a host and port. It runs
 * on the worker thread, because it takes milliseconds on a busy desktop.
 */

struct socket_owners {
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];
	size_t socket_count;
	struct holder holders[HOLDERS_MAX]; /* done() may take them, and clears them then */
	size_t holder_count;
	/*
	 * where these sockets are; another port than the one that was asked for if ssh -R forwards
	 * that to it
	 */
	const char *host; /* valid during done() */
	uint16_t port;
	enum loopback_order order;
	/*
	 * the program that listens there on behalf of another one, if no holder was found or the
	 * holder does not say where it forwards to
	 */
	uint16_t forwarder_target; /* 0: not known */
	char *forwarder;
};

struct socket_owners_search;

/*
 * `far`: a browser of another machine shows the host. If nothing listens on the port, the sockets
 * are those to which an `ssh -R` of this user forwards that port of the other machine.
 *
 * done() is called once, on the loop, unless socket_owners_cancel() is called before.
 */
typedef void socket_owners_fn(struct socket_owners *result, void *userdata);

struct socket_owners_search *socket_owners_find(struct loop *loop, const char *host, uint16_t port,
	enum loopback_order order, bool far, socket_owners_fn *done, void *userdata);
/* For callers that no longer want the answer; not after done(). Accepts NULL. */
void socket_owners_cancel(struct socket_owners_search *look);
