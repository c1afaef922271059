/* SPDX-License-Identifier: MIT */
#pragma once

/* The remote mounts that were used, and their workers. For mounts.c and mount-call.c only. */

#include <stdbool.h>
#include <stdint.h>

#include "util/loop.h"
#include "util/mounts.h"
#include "util/worker.h"

struct mount {
	char *folder;
	/* a worker; `looks` does the jobs of mounts_look(), `work` those of mounts_job() */
	struct lane {
		struct worker *worker;
		struct loop_fd *fd;
	} looks, work;
	unsigned jobs;
	struct mount_call *late; /* calls that the loop did not wait for; see mount-call.h */
	unsigned late_count;
	bool asking, wanted, said;
	uint64_t answered_usec;
	uint64_t pause_usec;
	struct loop_timer *timer; /* while asking: the time limit; otherwise: when to ask again */
	char *name; /* the name that was checked last */
	struct mount *next;
};

struct mount_list {
	struct loop *loop;
	loop_timer_fn *due; /* called by each mount's timer, with the mount */
	struct mount *first;
	unsigned count;
};

/* NULL: MOUNT_WORKERS_MAX are in use, or no thread can be started. */
struct mount *mount_get(struct mount_list *list, const char *folder);
/* Tells MOUNT_WAITS again for those of which that was said. */
void mount_each_said(struct mount_list *list, mounts_told_fn *told, void *userdata);
/* Drops the first mount of the list. Memory that a hanging worker uses is not freed. */
void mount_drop_first(struct mount_list *list);
/* The worker for jobs that use the loop's descriptors; NULL: it cannot be started. */
struct worker *mount_worker(struct mount_list *list, struct mount *mount);
/* Collects the finished jobs of all mounts until `until_usec`. */
void mount_finish_all(struct mount_list *list, uint64_t until_usec);
