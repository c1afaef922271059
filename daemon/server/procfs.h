/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads /proc/PID. `process` is an open descriptor of that folder, so that a new process with
 * the same pid is not mistaken for one that has ended.
 */

/* -errno if our own user has no such process. */
int procfs_open(pid_t pid);
/* The same for any user's process; of another user's, little more than the name can be read. */
int procfs_open_any(pid_t pid);

/* Calls the function for each process until it returns true; returns that process, or 0. */
typedef bool procfs_pid_fn(pid_t pid, void *userdata);
pid_t procfs_find(procfs_pid_fn *is_it, void *userdata);

/*
 * Reads as much of one of its files as fits, and adds a NUL. A text that was cut is not an error:
 * its readers use the complete part. Returns the length, or a negative errno.
 */
ssize_t procfs_read(int process, const char *name, char *text, size_t size);

struct procfs_stat {
	pid_t parent, session;
	bool has_terminal;
	bool zombie; /* it has ended, and its parent has not been notified yet */
	uint64_t started_usec; /* CLOCK_BOOTTIME */
	/* the address of its stack, which changes with an exec; 0 if we may not know it */
	uint64_t image;
	int status; /* for a zombie: in the form of wait(2) */
	char name[64];
};
int procfs_stat(int process, struct procfs_stat *stat);

/* Parses the text of /proc/PID/stat. The name in it can be anything. Pure. */
int procfs_parse_stat(const char *text, struct procfs_stat *stat);

/* The caller frees it; NULL if the folder was removed or may not be read. */
char *procfs_folder(int process);
/* The text of its mountinfo, at most 1 MiB; the caller frees it. Empty if it has ended. */
char *procfs_mounts(int process);

/* Its arguments, each followed by a NUL, at most 16 KiB; the caller frees them. */
char *procfs_command_line(int process, size_t *length);

/* The environment that it was started with, likewise, at most 128 KiB. */
char *procfs_environment(int process, size_t *length);

/* The inode of the socket behind a descriptor; 0 if it is not a socket. */
uint32_t procfs_socket(int process, int fd);

/* Calls told() for each descriptor until it returns false. */
typedef bool procfs_fd_fn(int process, int fd, void *userdata);
void procfs_each_fd(int process, procfs_fd_fn *told, void *userdata);

enum { PROCFS_POLLS_MAX = 256 }; /* descriptors that one procfs_polls() checks */

/* Where an epoll set of the process was found, between two calls of procfs_polls(). */
struct procfs_polling {
	int epoll_fd; /* the set that contained the descriptor, or -1 */
	int next; /* the descriptor with which the search goes on; 0 at first */
};

/*
 * Whether an epoll set of the process contains this descriptor: first checks the set that contained
 * it before; then, if there are many descriptors, the next PROCFS_POLLS_MAX of them.
 */
bool procfs_polls(int process, pid_t pid, int fd, struct procfs_polling *polling);

/* Whether it has an inotify watch on this inode, of any file system. */
bool procfs_watches(int process, ino_t inode);
/* Whether one of its first `most` descriptors is for inotify. */
bool procfs_has_inotify(int process, size_t most);

/* For how long its threads that live were ready to run and had no CPU, in microseconds. */
uint64_t procfs_run_delay(int process);

/* Whether one of its threads runs, or waits for a CPU or for the disk. */
bool procfs_is_runnable(int process);

/*
 * What its threads wait for. UNSEEN: one of them runs, or we may not see it; EPOLL: one waits for an
 * epoll set.
 */
enum procfs_waits { PROCFS_WAITS_UNSEEN, PROCFS_WAITS_EPOLL, PROCFS_WAITS_ELSEWHERE };
enum procfs_waits procfs_waits(int process);

/* The children of all its threads; returns how many, at most `max`. */
size_t procfs_children(int process, pid_t *children, size_t max);

enum { DESCENDANTS_MAX = 256 }; /* inspected below one process */

/* Calls told() for the process and its descendants until it returns false; then this does, too. */
typedef bool procfs_process_fn(int process, pid_t pid, void *userdata);
bool procfs_each_below(pid_t root, procfs_process_fn *told, void *userdata);

/*
 * For how long some process of the machine had to wait for a CPU, and for how long one had to
 * wait for the disk, together, in microseconds; 0 if the kernel does not count it.
 */
uint64_t procfs_pressure(void);
