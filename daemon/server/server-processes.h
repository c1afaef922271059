/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/process.h"
#include "util/loop.h"

/*
 * The processes that hold one server's listening socket: its supervisor and its workers.
 * Each is watched until it ends, and it is recorded which of them accept. Reads /proc, a
 * few microseconds per process; never searches all processes.
 */

struct server_process;

/* Embedded by its owner, which reads only the fields named here. */
struct server_processes {
	struct loop *loop;
	void (*ended)(void *userdata); /* a process has ended; it is still in the list */
	void *userdata;
	struct server_process *items[HOLDERS_MAX];
	size_t count;
	pid_t lingering; /* has closed the socket but is still running, or 0 */
	bool uses_epoll; /* its workers were seen to use epoll */
	bool newcomer; /* a new process was seen since the server was last serving */
	bool doubted; /* the queue got shorter although only supervisors were there */
};

void server_processes_init(struct server_processes *processes, struct loop *loop,
	void (*ended)(void *userdata), void *userdata);
void server_processes_clear(struct server_processes *processes);

/*
 * Takes ownership of the holder; clears it if it is known already, or if there are
 * HOLDERS_MAX. `trusted`: it counts as accepting although that cannot be seen.
 */
void server_processes_add(struct server_processes *processes, struct holder *holder, bool trusted);

/* Checks each process again, and drops those that no longer hold the socket. */
void server_processes_drop_ended(struct server_processes *processes);

/*
 * The queue got shorter although no process was known to accept. So one of these accepts,
 * and all new processes count as accepting. If there are only supervisors, a worker may
 * have accepted and ended: they count as accepting when it happens a second time.
 */
void server_processes_trust(struct server_processes *processes);

/* The one that the user started first; NULL if none has a folder. Borrowed. */
const struct holder *server_processes_oldest(const struct server_processes *processes);

/* Which process serves, as of the last server_processes_drop_ended(). */
struct server_processes_view {
	bool serving; /* one of them accepts */
	bool died; /* a new worker ended before it was serving */
	pid_t worker; /* the one that has been accepting for the longest time */
	uint64_t generation; /* when that one was started: CLOCK_BOOTTIME */
};

void server_processes_view(struct server_processes *processes, struct server_processes_view *view);
