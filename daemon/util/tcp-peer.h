/* SPDX-License-Identifier: MIT */
#pragma once

/* The other end of a loopback TCP connection: its user, and whether it was accepted. */

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

struct tcp_peer {
	uid_t uid; /* of its process; only known after it was accepted */
	bool accepted; /* a process took it from the queue of the listening socket */
};

/*
 * `peer` and `self` are the remote and the local address of our socket. Asks the kernel for
 * the socket at the other end and returns 0, or -errno: -ENOTCONN if it is not (or no
 * longer) connected. Does not block.
 */
int tcp_peer_find(const struct sockaddr_storage *peer, const struct sockaddr_storage *self,
	struct tcp_peer *end);

/* The user of an accepted connection. */
int peer_uid(
	const struct sockaddr_storage *peer, const struct sockaddr_storage *self, uid_t *uid);
