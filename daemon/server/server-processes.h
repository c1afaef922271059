/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/process.h"
#include "util/loop.h"

/*
 * The processes that hold one server's listening socket: its supervisor and its
 * workers, each watched until it ends, and what was seen of who of them accepts.
 * Looks into /proc, a few microseconds a member; never walks over all processes.
 */

struct server_process;

/* Embedded by its owner, who reads only what is named here. */
struct server_processes {
	struct loop *loop;
	void (*ended)(void *userdata); /* a member has ended; it is still in the list */
	void *userdata;
	struct server_process *items[HOLDERS_MAX];
	size_t count;
	pid_t lingering; /* has let go of the socket while it lived, or 0 */
	bool uses_epoll; /* its workers were seen to */
	bool newcomer; /* one was seen since the server last served */
	bool doubted; /* the queue got shorter, and only supervisors were there */
};

void server_processes_init(struct server_processes *processes, struct loop *loop,
	void (*ended)(void *userdata), void *userdata);
void server_processes_clear(struct server_processes *processes);

/*
 * Takes the holder over; clears it if it is known already, or if there are
 * HOLDERS_MAX. `trusted`: it is taken to accept though that cannot be seen.
 */
void server_processes_add(struct server_processes *processes, struct holder *holder, bool trusted);

/* Looks at each again, and drops those that no longer hold the socket. */
void server_processes_drop_ended(struct server_processes *processes);

/*
 * The queue got shorter while nobody was known to accept: it was one of these, all
 * newcomers included. If there are only supervisors, a worker may have taken it and
 * ended: they are believed at the second time.
 */
void server_processes_trust(struct server_processes *processes);

/* The one that was started first, by the user; NULL if none has a folder. Borrowed. */
const struct holder *server_processes_oldest(const struct server_processes *processes);

/* Who serves, as it was at the last server_processes_drop_ended(). */
struct server_processes_view {
	bool serving; /* one of them accepts */
	bool died; /* a worker that was seen to come up has ended before it served */
	pid_t worker; /* the one that has accepted for the longest time */
	uint64_t generation; /* when that one was started: CLOCK_BOOTTIME */
};

void server_processes_view(struct server_processes *processes, struct server_processes_view *view);
