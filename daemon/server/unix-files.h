/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "server/unix-peers.h"

/*
 * Which servers at Unix sockets a program may pass requests on to, however short its connections are:
 * the kernel sets the access time of a socket's file when anything connects to it. Before each request,
 * that time is set to an earlier one, because file systems do not set it at each access otherwise
 * (relatime), and set back after it. Nothing is seen in file systems that keep no access times (noatime)
 * and on remote mounts, which may not answer.
 * Other programs may connect to the same socket again and again, as to a database or a session bus, so
 * it must be quiet in pauses between the requests that are as long as these. Searches in several threads
 * may use this at once. Each beginning must have its end.
 */

enum {
	UNIX_FILES_MAX = 128, /* further ones are not looked at */
	UNIX_QUIET = 6, /* so many pauses */
};

/* Zero at first. */
struct unix_files {
	struct unix_file {
		char name[UNIX_NAME_MAX];
		unsigned connections; /* of all searches, when this one began */
		unsigned quiet; /* in so many pauses, nothing has connected to it */
	} list[UNIX_FILES_MAX]; /* those that anything has connected to during each request so far */
	size_t count;
	unsigned requests; /* so many */
	bool any; /* there was one at first */
};

/* A request is about to be sent. Takes microseconds for each socket that this user's servers listen on. */
void unix_files_begin(struct unix_files *files, struct sock_diag *diag);
/* That is over. Unless it was answered `soon`, others may have connected meanwhile, so it counts as no request. */
void unix_files_end(struct unix_files *files, bool soon);

/* A pause begins and ends: nothing is sent to the program. */
void unix_files_begin_pause(struct unix_files *files);
void unix_files_end_pause(struct unix_files *files);
/* Whether all that are left were quiet in enough pauses. */
bool unix_files_are_sure(const struct unix_files *files);

/*
 * Adds the names of those that are left and were quiet in enough pauses, without those where one of
 * these processes listens, or a descendant of one.
 */
void unix_files_take(const struct unix_files *files, struct sock_diag *diag, const pid_t *pids,
	size_t count, struct unix_names *names);
