/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "server/listen-socket.h"

/*
 * The processes that hold listening sockets, from /proc. Of our own user only:
 * the descriptors of others cannot be read.
 */

enum {
	HOLDERS_MAX = 64,
	ANCESTORS_MAX = 4,     /* of a holder that are remembered */
	DESCENDANTS_MAX = 256, /* of one process that are looked at */
};

struct holder {
	pid_t pid;
	uint64_t started_usec; /* CLOCK_BOOTTIME, to the clock tick; with pid unique */
	int fd;		       /* its descriptor of the socket */
	uint32_t inode;	       /* the socket's */
	bool accepts;	       /* it has the socket in an epoll set */
	pid_t ancestors[ANCESTORS_MAX]; /* parent first; 0 behind the last one of our user */
	char name[64];	       /* of its command, as the kernel has it; any bytes */
	char *folder;	       /* its working folder, or NULL if that is gone or unreadable */
};

/*
 * All that hold one of the sockets; at most `max`, each to be cleared. Walks over
 * every process: about 1.6 us a descriptor, milliseconds on a busy desktop, so not
 * for the loop's thread.
 */
size_t processes_holding(const struct listen_socket *sockets, size_t socket_count,
	struct holder *holders, size_t max);

/* The same among the descendants of one process, itself included. Tens of microseconds. */
size_t processes_holding_below(pid_t ancestor, const struct listen_socket *sockets,
	size_t socket_count, struct holder *holders, size_t max);

/*
 * Looks at a known holder again: false if it no longer is one. Microseconds.
 * Brings `accepts` up to date.
 */
bool holder_still_holds(struct holder *holder);

/* Whether it is still the same process. */
bool process_lives(pid_t pid);

/* Its arguments, each with a NUL behind it; the caller frees them. Empty if it is gone. */
char *process_command_line(pid_t pid, size_t *length);

/* The environment that it was started with, likewise. */
char *process_environment(pid_t pid, size_t *length);

void holder_clear(struct holder *holder);
