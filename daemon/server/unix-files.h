/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "server/unix-peers.h"

/*
 * Which servers at Unix sockets a program may pass requests on to, however short its connections are:
 * the kernel sets the access time of a socket's file when anything connects to it. Before each request,
 * that time is set to an earlier one, because file systems do not set it at each access otherwise
 * (relatime), and set back after it. Nothing is seen in file systems that keep no access times (noatime).
 */

enum { UNIX_FILES_MAX = 128 }; /* further ones are not looked at */

/* Zero at first. */
struct unix_files {
	struct unix_file {
		char name[UNIX_NAME_MAX];
		struct timespec original, early; /* access times: before, and as it was set */
	} list[UNIX_FILES_MAX]; /* those that anything has connected to during each request so far */
	size_t count;
	unsigned requests; /* so many */
	bool any; /* there was one at first */
};

/* A request is about to be sent. Takes microseconds for each socket that this user's servers listen on. */
void unix_files_begin(struct unix_files *files, struct sock_diag *diag);
/* That is over. Unless it was answered `soon`, others may have connected meanwhile, so it counts as no request. */
void unix_files_end(struct unix_files *files, bool soon);

/*
 * Adds the names of those that are left, without those where one of these processes listens, or
 * a descendant of one.
 */
void unix_files_take(const struct unix_files *files, struct sock_diag *diag, const pid_t *pids,
	size_t count, struct unix_names *names);
