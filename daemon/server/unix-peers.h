/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "server/listen-socket.h"
#include "server/sock-diag.h"
#include "server/unix-name.h"

/*
 * The servers that a process is connected to by a Unix socket, as nginx is to gunicorn. The kernel
 * counts no bytes there, so it cannot be seen which requests the socket carries.
 */

enum { UNIX_NAMES_MAX = 4 };

struct unix_names {
	char names[UNIX_NAMES_MAX][UNIX_NAME_MAX]; /* any bytes */
	unsigned count;
	bool more; /* there was no room for another one */
};

/*
 * Adds the name of each socket in the file system that one of these processes is connected to now, but
 * not of those of the system itself (D-Bus, systemd), nor of those where a process listens that they have
 * started: such a server, like lighttpd's PHP, is a part of the one that they are. Takes about a
 * millisecond.
 */
void unix_peers_find(
	struct sock_diag *diag, const pid_t *pids, size_t count, struct unix_names *names);

/* Adds one name, UNIX_NAME_MAX bytes, unless it is there already. */
void unix_names_add(struct unix_names *names, const char *name);

/* Calls the function for the name of each socket in the file system that our own user listens on, without those of the system. */
typedef void unix_listening_fn(const char *name, void *userdata);
void unix_peers_each_listening(struct sock_diag *diag, unix_listening_fn *each, void *userdata);
/* Whether one of the processes, or a descendant of one, listens under this name of UNIX_NAME_MAX bytes. */
bool unix_peers_listen(struct sock_diag *diag, const char *name, const pid_t *pids, size_t count);

/* The sockets that listen under a name: one at most, unless its file was removed. Returns how many. */
size_t unix_peers_listening(const char *name, struct listen_socket *listeners, size_t max);
/* Whether a process has accepted the connection whose own end has this inode. */
bool unix_peers_accepted(uint32_t inode);
