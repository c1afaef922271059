/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * File systems that may not answer: sshfs or NFS without its server. Their calls wait for
 * ever, and nothing ends the wait, so the loop makes none of them. Each such mount has a
 * worker of its own: one that is stuck holds up nobody else.
 *
 * There is one table of mounts in a process, and so there is one of these; before
 * mounts_new() every name is local. A local name costs a comparison for each remote mount,
 * and no system call where there is none.
 */

#include <stdbool.h>

#include "util/loop.h"

enum { MOUNT_WORKERS_MAX = 16 }; /* threads: one for each mount in use */

enum mount_state {
	MOUNT_WAITS, /* has not answered for MOUNT_PATIENCE_USEC */
	MOUNT_ANSWERS, /* what mounts_ready() refused may be tried again, in this call */
};
#define MOUNT_PATIENCE_USEC (CLOCK_USEC_PER_SEC)

typedef void mounts_told_fn(const char *folder, enum mount_state state, void *userdata);

void mounts_new(struct loop *loop, mounts_told_fn *told, void *userdata);
/* Waits for all jobs, but not for a mount that does not answer for MOUNT_PATIENCE_USEC. */
void mounts_finish(void);
/* After mounts_finish(). What a stuck worker works on is left to the end of the process. */
void mounts_free(void);

/*
 * Whether the loop may use this absolute name now: it is local, with all links in it, or its
 * mount has just answered. If not, the mount is asked, and MOUNT_ANSWERS follows.
 */
bool mounts_ready(const char *name);

/* The folder of the remote mount that the name is in, links followed; NULL: it is local. */
char *mounts_of(const char *name);

/*
 * As loop_job(), on the worker of the name's mount. Where there are too many workers, done()
 * is called without work(), and `userdata` tells by what it holds.
 * Jobs of mounts_look() have no descriptors but their own: when the daemon is killed in one
 * that is stuck, its name and port are free.
 */
void mounts_job(
	struct loop *loop, const char *name, loop_job_fn *work, loop_job_fn *done, void *userdata);
void mounts_look(
	struct loop *loop, const char *name, loop_job_fn *work, loop_job_fn *done, void *userdata);
