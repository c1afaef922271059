/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * File systems that may not answer: sshfs or NFS without its server. Calls to them can block
 * forever, and nothing interrupts them, so the loop makes none. Each such mount has workers of its
 * own: one that hangs delays only jobs of the same mount. For a call whose result it needs at once,
 * the loop waits for the worker, for at most 15 ms after each answer of the mount. The daemon's
 * own settings and state are such files, too: at start-up, the loop waits longer for them.
 *
 * A process has one table of mounts, and therefore one object of this kind. Before mounts_new(),
 * every name counts as local. For a local name, the functions compare the folder of each remote
 * mount, and make no system call if there is none.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/loop.h"
#include "util/mount-table.h"

enum { MOUNT_WORKERS_MAX = 16 }; /* threads: one for each mount in use */

enum mount_state {
	MOUNT_WAITS, /* has not answered for MOUNT_PATIENCE_USEC */
	MOUNT_ANSWERS, /* names that mounts_ready() refused may be tried again during this call */
	MOUNT_CHANGED, /* something, also local, was mounted or unmounted there: a folder or a file */
};
#define MOUNT_PATIENCE_USEC (CLOCK_USEC_PER_SEC)

typedef void mounts_told_fn(const char *name, enum mount_state state, void *userdata);

void mounts_new(struct loop *loop, mounts_told_fn *told, void *userdata);
/* Waits for all jobs, but not for a mount that does not answer for MOUNT_PATIENCE_USEC. */
void mounts_finish(void);
/* To be called after mounts_finish(). The memory that a hanging worker uses is not freed. */
void mounts_free(void);

/*
 * Whether mounts_try() may succeed for this absolute name now: it is local, with all its links,
 * or its mount has just answered. If not, this starts a check of the mount, and MOUNT_ANSWERS
 * follows.
 */
bool mounts_ready(const char *name);
bool mounts_is_remote(const char *name);
/* The same for a name without links. Makes no system call. */
bool mounts_is_on(const char *name);

/*
 * Calls about a file whose result the loop needs now; mounts-files.h has the usual ones. For a
 * local name, work() runs here. For a name on a remote mount it runs on the mount's worker, and the
 * loop waits until the limit above.
 *
 * Returns the data with the result, which the caller frees: its own, or that of an earlier try for
 * the same name that took longer. NULL: the data is not the caller's any more, and MOUNT_ANSWERS
 * follows, unless there are too many workers; then the caller tries again.
 */
struct mount_try {
	void (*work)(void *data); /* uses only the data */
	void (*drop)(void *data); /* frees it */
	/* whether the result for the one is that for the other; NULL: for each with this name */
	bool (*same)(const void *one, const void *other);
	bool shares; /* work() uses descriptors of the daemon; see mounts_look() */
};
void *mounts_try(const char *name, const struct mount_try *what, void *data);
/*
 * The same for the daemon's own files, for which it waits at start-up: until this time, whether or
 * not the mount has answered.
 */
void *mounts_try_own(const char *name, const struct mount_try *what, void *data);
void mounts_be_patient(uint64_t until_usec);
/* How often mounts_try() has returned NULL. */
unsigned mounts_refused(void);

/* Calls `found` with the name of each mount, also of local ones; see mount_table_compare(). */
void mounts_each(mount_table_found_fn *found, void *userdata);

/* A link was made: a name that was local may now lead to a mount. Names are remembered for a second. */
void mounts_forget_names(void);

/* The folder of the remote mount that the name is in, links followed; NULL: it is local. */
char *mounts_of(const char *name);
/* A copy for a worker, which the caller clears. */
void mounts_copy(struct mount_table *table);
/*
 * Whether a folder below `root`, which has no links in its name, is in a remote mount that `root`
 * is not in. Makes no system call.
 */
bool mounts_is_apart(const char *folder, const char *root);

/*
 * The same for the first of many names that is in a remote mount: they are searched on a worker,
 * because each of their folders costs a system call. The names must stay valid until found(),
 * which takes ownership of the folder.
 */
typedef void mounts_found_fn(char *folder, void *userdata);
void mounts_find(struct loop *loop, char *const *names, size_t count, mounts_found_fn *found,
	void *userdata);

/*
 * Like loop_job(), on the worker of the name's mount; mounts_job() of a local folder, on that of a
 * remote mount below it, which the job may reach. If there are too many workers, done() is called
 * without work(): done() must be able to see that in `userdata`.
 *
 * Jobs of mounts_look() share no descriptors with the daemon: if the daemon is killed while
 * one of them is stuck, its bus name and its port become free.
 */
void mounts_job(
	struct loop *loop, const char *name, loop_job_fn *work, loop_job_fn *done, void *userdata);
void mounts_look(
	struct loop *loop, const char *name, loop_job_fn *work, loop_job_fn *done, void *userdata);
