/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The daemon's listening sockets, on the loopback addresses. A connection from another
 * user's process is reset before any byte of it is read.
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/loop.h"
#include "websocket/socket-activation.h"

struct listener;

/*
 * Takes ownership of the connection (non-blocking, close-on-exec), or returns false: then
 * it is reset. Must not free the listener.
 */
typedef bool listener_accept_fn(int fd, void *userdata);

/*
 * Takes over the sockets that were given, if there are any. Else listens on
 * 127.0.0.1 and [::1], or on one of them if the other cannot be used (said in the log);
 * port 0 picks a free one, the same for both. Returns -errno; then `why`, to be freed,
 * names both addresses and what is wrong with each.
 */
int listener_new(struct listener **listener, struct loop *loop, uint16_t port,
	struct socket_activation *activated, listener_accept_fn *accept, void *userdata, char **why);
void listener_free(struct listener *listener);

uint16_t listener_port(const struct listener *listener);
