/* SPDX-License-Identifier: MIT */
#pragma once

/* Which user's process is at the other end of a loopback TCP connection. */

#include <sys/socket.h>
#include <sys/types.h>

/*
 * `peer` and `self` are the remote and the local address of the accepted socket. Asks the
 * kernel for the socket at the other end and returns 0 and its user, or -errno: -ENOTCONN
 * if it is not (or no longer) connected. Does not block.
 */
int peer_uid(
	const struct sockaddr_storage *peer, const struct sockaddr_storage *self, uid_t *uid);
