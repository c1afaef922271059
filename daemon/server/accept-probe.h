/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/listen-socket.h"

/*
 * Opens an empty connection to a listening socket, so that there is something to accept,
 * and asks the kernel whether a process has accepted it. Never sends a byte.
 */
struct accept_probe {
	int fd; /* -1: none */
	uint32_t inode; /* of the listening socket */
};

#define ACCEPT_PROBE_NONE ((struct accept_probe){.fd = -1})

/* Connects without blocking, unless a connection to this socket already exists. */
void accept_probe_connect(
	struct accept_probe *probe, const struct listen_socket *socket, uint16_t port);
/* Whether a process accepted it. `sockets` are in their present state. */
bool accept_probe_sees_accept(struct accept_probe *probe,
	const struct listen_socket *sockets, size_t count);
void accept_probe_close(struct accept_probe *probe);
