/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "route/listen-socket.h"

/*
 * The processes that hold listening sockets, from /proc. Of our own user only:
 * the descriptors of others cannot be read. A walk over all of them takes about
 * 1.6 us a descriptor, milliseconds on a busy desktop: not for the loop's thread.
 */

enum { HOLDERS_MAX = 64 };

struct holder {
	pid_t pid;
	uint64_t start_time; /* clock ticks since boot; with pid unique */
	size_t listener;     /* index of the socket it holds */
	char name[64];	     /* the command's name, as the kernel has it; any bytes */
	char *folder;	     /* its working folder, or NULL if that is gone or unreadable */
};

/* Returns how many hold one of the sockets, at most `max`. Each is to be cleared. */
size_t processes_holding(const struct listen_socket *listeners, size_t listener_count,
	struct holder *holders, size_t max);
void holder_clear(struct holder *holder);
