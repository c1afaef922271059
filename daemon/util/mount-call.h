/* SPDX-License-Identifier: MIT */
#pragma once

/* What a mount's worker does for the loop itself. For mounts.c only. */

#include "util/mount.h"
#include "util/mounts.h"

/* A mount that takes longer than this for the calls of a look-up counts as not answering. */
#define MOUNT_QUICK_USEC (20 * 1000)
/*
 * Has its worker make these calls for each folder of the mount's name, then calls done(), which
 * asks mount_asked() whether the mount was quick.
 */
void mount_ask_worker(struct mount *mount, loop_job_fn *done);
bool mount_asked(void *userdata, struct mount **mount);

/* A caller's job, which counts as one of the mount's. `below`: it may not have used the mount. */
void mount_job(struct mount *mount, struct worker *worker, bool below, loop_job_fn *work,
	loop_job_fn *done, void *userdata);

/*
 * The call on the worker, for which the loop waits until `until_usec`. NULL: it takes longer;
 * its result is kept, and the mount's timer is set when there is one.
 */
void *mount_call(struct mount *mount, struct worker *worker, const char *name,
	const struct mount_try *what, void *data, uint64_t until_usec);

enum { MOUNT_LATE_MAX = 64 }; /* of one mount */

/*
 * An earlier call for the same that took longer. It is late: it has no result yet, or there are
 * too many of these. Otherwise the caller takes its result, if there is one.
 */
bool mount_call_is_late(
	struct mount *mount, const char *name, const struct mount_try *what, const void *data);
void *mount_call_take(
	struct mount *mount, const char *name, const struct mount_try *what, const void *data);
/* Frees the results; no call may be in progress. */
void mount_calls_drop(struct mount *mount);
