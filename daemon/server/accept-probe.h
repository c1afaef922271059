/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/listen-socket.h"

/*
 * Connects to a listening socket, so that its process has a connection to accept, and asks the
 * kernel whether it was accepted. Never sends a byte.
 */
struct accept_probe {
	int fd; /* -1: none */
	uint32_t inode; /* of the listening socket */
	bool ended; /* the server was told that nothing will be sent */
};

#define ACCEPT_PROBE_NONE ((struct accept_probe){.fd = -1})

/*
 * Connects without blocking, unless a connection to this socket already exists. `host`: the one that
 * listen_sockets_of() has found the socket for.
 */
void accept_probe_connect(struct accept_probe *probe, const struct listen_socket *socket,
	const char *host, uint16_t port);
/* Whether a process has accepted it. `sockets` must have their current state. */
bool accept_probe_sees_accept(
	struct accept_probe *probe, const struct listen_socket *sockets, size_t count);
void accept_probe_close(struct accept_probe *probe);
