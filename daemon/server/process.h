/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "server/listen-socket.h"
#include "server/procfs.h"

/*
 * The processes that hold listening sockets, from /proc. Only processes of our own user:
 * the descriptors of others cannot be read.
 */

enum {
	HOLDERS_MAX = 64,
	ANCESTORS_MAX = 4, /* remembered for each holder */
};

struct holder {
	pid_t pid;
	/* CLOCK_BOOTTIME, in steps of a clock tick; unique together with pid */
	uint64_t started_usec;
	uint64_t image; /* changes with each exec; see procfs_stat */
	bool execed; /* the image differs from that at the last check */
	uint64_t generation; /* CLOCK_BOOTTIME; since when it runs its present code */
	int fd;		       /* its descriptor of the socket */
	uint32_t inode;	       /* the socket's */
	bool accepts;	       /* it has the socket in an epoll set */
	struct procfs_polling polling; /* of the socket, at the last check */
	pid_t ancestors[ANCESTORS_MAX]; /* parent first; 0 after the last one of our user */
	/*
	 * how many of the nearest ancestors may have started it without the user: those in
	 * its session, up to a login shell, which does not count. A program that is known to
	 * restart others, or one of Node with a channel to its child, may be in another session.
	 */
	size_t supervisors;
	char name[64];	       /* of its command, from the kernel; any bytes */
	/* its working folder, or NULL if that was removed or is unreadable */
	char *folder;
	bool elsewhere; /* for the daemon, that name is another folder: one is in a container */
	bool script_reloads; /* see program-script.h; only processes_holding() knows it */
};

/*
 * All processes that hold one of the sockets, at most `max`; the caller clears each. Reads
 * /proc of every process: about 1.6 us per descriptor, milliseconds on a busy desktop. Do
 * not call it on the loop's thread.
 */
size_t processes_holding(const struct listen_socket *sockets, size_t socket_count,
	struct holder *holders, size_t max);

/* The same for one process and its descendants. Takes tens of microseconds. */
size_t processes_holding_below(pid_t ancestor, const struct listen_socket *sockets,
	size_t socket_count, struct holder *holders, size_t max);

/*
 * Checks a known holder again: false if it no longer holds the socket. Updates `accepts`,
 * `image` and `execed`. Takes microseconds.
 */
bool holder_still_holds(struct holder *holder);

/* Whether a process of our own user has this pid. */
bool process_lives(pid_t pid);
/* Whether it is not a zombie and has children that are not zombies. */
bool process_runs_others(pid_t pid);

/*
 * How a process that was not our child ended, in the form of wait(2): for a zombie, and on
 * newer kernels also later; otherwise -1. `pidfd` may be -1.
 */
int process_status(pid_t pid, int pidfd);

/* Whether one of its threads runs, or waits for a CPU or for the disk. */
bool process_is_runnable(pid_t pid);

/* What it waits for; see procfs_waits(). Unseen if it has ended. */
enum procfs_waits process_waits(pid_t pid);

/* For how long its threads were ready to run and had no CPU, in microseconds; 0 if it is gone. */
uint64_t process_run_delay(pid_t pid);

/* The name of the file that it runs, without folders; the caller frees it. NULL if it is gone. */
char *process_program(pid_t pid);

/*
 * Whether a new process is working below this one: a descendant that began after `since_boot`
 * (CLOCK_BOOTTIME) and runs or has just begun. Ignores the `workers` and their descendants.
 */
bool process_family_works(
	pid_t root, const pid_t *workers, size_t worker_count, uint64_t since_boot);

/* Its arguments, each followed by a NUL; the caller frees them. Empty if it has ended. */
char *process_command_line(pid_t pid, size_t *length);

/* The environment that it was started with, likewise. */
char *process_environment(pid_t pid, size_t *length);

void holder_clear(struct holder *holder);
