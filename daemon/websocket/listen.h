/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The daemon's listening sockets, on the loopback addresses. A connection from another
 * user's process is reset before any byte of it is read.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/loop.h"

struct listener;
struct socket_activation;

/*
 * Takes ownership of the connection (non-blocking, close-on-exec), or returns false: then
 * it is reset. Must not free the listener.
 */
typedef bool listener_accept_fn(int fd, void *userdata);

/*
 * Takes ownership of the sockets that were passed, if there are any. Otherwise listens on
 * 127.0.0.1 and [::1], or only on one if the other cannot be used, which is logged. Port 0
 * picks a free one, the same for both. Returns 0; or a negative errno and `why`, which the
 * caller frees, with both addresses and the reason for each.
 */
int listener_new(struct listener **listener, struct loop *loop, uint16_t port,
	struct socket_activation *activated, listener_accept_fn *accept, void *userdata, char **why);
void listener_free(struct listener *listener);

uint16_t listener_port(const struct listener *listener);

/* The address at which another program listens, and that error, borrowed; NULL: none. */
const char *listener_missing(const struct listener *listener);
/* Tries to listen there as well; returns whether it does now, which is logged. */
bool listener_retry(struct listener *listener);

/*
 * socket-activation.c: listening sockets that existed before the daemon. systemd opened them (see
 * savecast.socket) and starts the daemon when a browser connects.
 */
enum { SOCKET_ACTIVATION_MAX = 2 }; /* 127.0.0.1 and [::1] */

struct socket_activation {
	int fds[SOCKET_ACTIVATION_MAX];
	size_t count; /* 0: none were passed, or none that can be used */
	uint16_t port; /* of all of them */
};

/*
 * Takes the sockets that were passed to this process, once; its children do not inherit
 * them. A socket that is not a listening TCP socket on a loopback address, or that has
 * another port than the first, is closed, which is logged: no other connections may reach
 * the daemon.
 */
void socket_activation_take(struct socket_activation *activated);
