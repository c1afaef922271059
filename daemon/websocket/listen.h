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
 * Takes ownership of the sockets that were passed, if there are any. Otherwise listens on
 * 127.0.0.1 and [::1], or only on one if the other cannot be used, which is logged. Port 0
 * picks a free one, the same for both. Returns 0; or a negative errno and `why`, which the
 * caller frees, with both addresses and the reason for each.
 */
int listener_new(struct listener **listener, struct loop *loop, uint16_t port,
	struct socket_activation *activated, listener_accept_fn *accept, void *userdata, char **why);
void listener_free(struct listener *listener);

uint16_t listener_port(const struct listener *listener);
