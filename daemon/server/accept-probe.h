/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/listen-socket.h"

/*
 * An empty connection to a listening socket, so that there is something to accept:
 * once the socket's queue gets shorter, somebody does. Never sends a byte.
 */
struct probe {
	int fd; /* -1: none */
	uint32_t inode;
	uint32_t longest; /* the queue was seen to be */
};

#define PROBE_NONE ((struct probe){.fd = -1})

/* Connects, without waiting, unless there is one to this socket already. */
void probe_connect(struct probe *probe, const struct listen_socket *socket, uint16_t port);
/* Whether somebody accepts. `sockets` as they are now. */
bool probe_sees_accept(
	struct probe *probe, const struct listen_socket *sockets, size_t count);
void probe_close(struct probe *probe);
