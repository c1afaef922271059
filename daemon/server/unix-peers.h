/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "server/sock-diag.h"

/*
 * The server that a process is connected to by a Unix socket, as nginx is to gunicorn. The kernel
 * counts no bytes there, so it cannot be seen which requests the socket carries.
 */

enum { UNIX_NAME_MAX = 108 }; /* with the NUL */

/*
 * Stores the name of a socket in the file system that one of these processes is connected to now,
 * but not of those of the system itself (D-Bus, systemd), nor of those where a process listens that they have
 * started: such a server, like lighttpd's PHP, is a part of the one that they are. Returns whether
 * there is one. The name is any bytes. Takes about a millisecond.
 */
bool unix_peers_find(
	struct sock_diag *diag, const pid_t *pids, size_t count, char name[UNIX_NAME_MAX]);
