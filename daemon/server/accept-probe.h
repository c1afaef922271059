/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/listen-socket.h"

/*
 * An empty connection to a listening socket, so that there is something to accept:
 * once the socket's queue gets shorter, somebody does. Never sends a byte.
 */
struct accept_probe {
	int fd; /* -1: none */
	uint32_t inode;
	uint32_t longest; /* the queue was seen to be */
};

#define ACCEPT_PROBE_NONE ((struct accept_probe){.fd = -1})

/* Connects, without waiting, unless there is one to this socket already. */
void accept_probe_connect(
	struct accept_probe *probe, const struct listen_socket *socket, uint16_t port);
/* Whether somebody accepts. `sockets` as they are now. */
bool accept_probe_sees_accept(
	struct accept_probe *probe, const struct listen_socket *sockets, size_t count);
void accept_probe_close(struct accept_probe *probe);
