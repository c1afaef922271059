/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/family-watch.h"
#include "server/process.h"
#include "util/loop.h"

/*
 * The processes that hold one server's listening socket: its supervisor and its workers.
 * Watches each until it ends, and records which of them accept connections. Reads /proc, in a
 * few microseconds per process; never searches all processes.
 */

struct server_process;

/* How a process ended. */
struct server_end {
	char name[64]; /* of its command, any bytes; "" if none has ended yet */
	int status; /* as wait(2) returns it, or -1 if it cannot be known */
};

/*
 * The worker that was serving last, even if it has ended, and the processes that may start
 * it again.
 */
struct server_worker {
	pid_t pid;
	uint64_t started_usec, generation;
	uint64_t seen_boot; /* CLOCK_BOOTTIME; when it was last seen serving */
	pid_t supervisors[ANCESTORS_MAX];
	size_t supervisor_count;
};

/* Embedded in its owner's struct; the owner reads only the fields named here. */
struct server_processes {
	struct loop *loop;
	void (*ended)(void *userdata); /* a process has ended; it is still in the list */
	void *userdata;
	struct server_process *items[HOLDERS_MAX];
	size_t count;
	/* the last that was dropped before it ended, to learn how it ends; or NULL */
	struct server_process *leaving;
	pid_t lingering; /* a worker that has closed the socket but is still running, or 0 */
	bool uses_epoll; /* its workers were seen to use epoll */
	bool newcomer; /* a new process was seen since the server was last serving */
	unsigned lost; /* processes that have gone, without those that have come since then */
	uint64_t lost_boot; /* CLOCK_BOOTTIME; when the last one went */
	bool doubted; /* the queue got shorter although only supervisors were there */
	struct server_worker last;
	/* of the last worker, the processes that may start it again, and those that they have started */
	struct family_watch watch;
	uint64_t gone_boot; /* CLOCK_BOOTTIME; since when nothing is serving; 0: something is */
	bool by_itself; /* no user started the last worker */
	struct server_end end; /* of the process that ended last */
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
 * The queue got shorter although no process was known to accept. So one of these processes
 * accepts, and all new processes count as accepting. If there are only supervisors, a worker
 * may have accepted and ended; they count as accepting if it happens a second time.
 */
void server_processes_trust(struct server_processes *processes);

/* The process that started first; NULL if none has a folder. Borrowed. */
const struct holder *server_processes_oldest(const struct server_processes *processes);

/* Which process serves, and what follows from that: in server-serving.c. As of the last server_processes_drop_ended(). */
struct server_processes_view {
	bool serving; /* one of them accepts */
	bool died; /* a new worker ended before it was serving */
	bool by_itself; /* no user started the worker */
	bool in_place; /* the worker has read its code since it was started */
	pid_t worker; /* the one that has been accepting for the longest time */
	uint64_t generation; /* CLOCK_BOOTTIME; since when it runs its present code */
	uint64_t newest; /* the same of the youngest worker that accepts */
	/* since when the youngest worker runs that holds the socket, but was not seen to accept yet; 0: none */
	uint64_t coming;
};

void server_processes_view(struct server_processes *processes, struct server_processes_view *view);

/* How long the last worker, and processes that may start it again, have waited for a CPU. */
uint64_t server_processes_run_delay(const struct server_processes *processes);

/* Whether one process that holds the socket has started another one that does. */
bool server_processes_are_supervised(const struct server_processes *processes);

/*
 * Whether a process that may start the worker again has started another process after that time
 * (CLOCK_BOOTTIME), which is working.
 */
bool server_processes_begin_work(const struct server_processes *processes, uint64_t since_boot);

/* No process holds the socket, and none is left that would start the server again. */
bool server_processes_have_ended(const struct server_processes *processes);
