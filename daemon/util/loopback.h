/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * TCP on the loopback addresses: sockets that listen there and nowhere else, and who is at the
 * other end of a connection.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { LOOPBACK_SOCKETS_MAX = 2 }; /* 127.0.0.1 and [::1] */

/*
 * Listens on the loopback address of `family`, AF_INET or AF_INET6, without blocking
 * and closed on exec. A `port` of 0 picks a free one and is set to it. Returns the
 * descriptor, or a negative errno.
 */
int loopback_listen(int family, uint16_t *port);

/* The other end of a connection: its user, and whether it was accepted. */
struct loopback_peer {
	uid_t uid; /* of its process; only known after it was accepted */
	bool accepted; /* a process took it from the queue of the listening socket */
	bool answers_only; /* our end has said that it sends nothing more */
};

/*
 * `peer` and `self` are the remote and the local address of our socket. Asks the kernel for
 * the socket at the other end and returns 0, or -errno: -ENOTCONN if it is not (or no
 * longer) connected. Does not block.
 */
int loopback_peer_find(const struct sockaddr_storage *peer, const struct sockaddr_storage *self,
	struct loopback_peer *end);

/* The user of an accepted connection. */
int loopback_peer_uid(
	const struct sockaddr_storage *peer, const struct sockaddr_storage *self, uid_t *uid);
