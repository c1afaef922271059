/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/listen-socket.h"

/*
 * An empty connection to a listening socket: when it is no longer in the socket's
 * queue, somebody has accepted it. Never sends a byte.
 */
struct probe {
	int fd; /* -1: none */
	uint32_t inode;
};

#define PROBE_NONE ((struct probe){.fd = -1})

/* Connects, without waiting, unless there is one to this socket already. */
void probe_connect(struct probe *probe, const struct listen_socket *socket, uint16_t port);
/* `sockets` as they are now. */
bool probe_was_accepted(
	const struct probe *probe, const struct listen_socket *sockets, size_t count);
void probe_close(struct probe *probe);
