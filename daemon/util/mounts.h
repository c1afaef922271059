/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * File systems that may not answer: sshfs or NFS without its server. Calls to them can block
 * for ever, and nothing interrupts them, so the loop makes none. Each such mount has a
 * worker of its own: a stuck worker delays only jobs of the same mount.
 *
 * A process has one table of mounts, and therefore one object of this kind; before
 * mounts_new() every name is local. A local name costs a comparison for each remote mount,
 * and no system call if there is no remote mount.
 */

#include <stdbool.h>

#include "util/loop.h"

enum { MOUNT_WORKERS_MAX = 16 }; /* threads: one for each mount in use */

enum mount_state {
	MOUNT_WAITS, /* has not answered for MOUNT_PATIENCE_USEC */
	MOUNT_ANSWERS, /* a name that mounts_ready() refused may be tried again, in this call */
};
#define MOUNT_PATIENCE_USEC (CLOCK_USEC_PER_SEC)

typedef void mounts_told_fn(const char *folder, enum mount_state state, void *userdata);

void mounts_new(struct loop *loop, mounts_told_fn *told, void *userdata);
/* Waits for all jobs, but not for a mount that does not answer for MOUNT_PATIENCE_USEC. */
void mounts_finish(void);
/* After mounts_finish(). What a stuck worker uses is freed when the process ends. */
void mounts_free(void);

/*
 * Whether the loop may use this absolute name now: it is local, with all its links, or its
 * mount has just answered. If not, the mount is asked, and MOUNT_ANSWERS follows.
 */
bool mounts_ready(const char *name);

/* The folder of the remote mount that the name is in, links followed; NULL: it is local. */
char *mounts_of(const char *name);

/*
 * Like loop_job(), on the worker of the name's mount. If there are too many workers, done()
 * is called without work(); it can tell by the contents of `userdata`.
 * Jobs of mounts_look() share no descriptors with the daemon: if the daemon is killed while
 * one of them is stuck, its bus name and its port become free.
 */
void mounts_job(
	struct loop *loop, const char *name, loop_job_fn *work, loop_job_fn *done, void *userdata);
void mounts_look(
	struct loop *loop, const char *name, loop_job_fn *work, loop_job_fn *done, void *userdata);
