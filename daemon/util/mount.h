/* SPDX-License-Identifier: MIT */
#pragma once

/* The remote mounts that were used, and their workers: mounts.c only. */

#include <stdbool.h>
#include <stdint.h>

#include "util/loop.h"
#include "util/worker.h"

struct mount {
	char *folder;
	struct lane {
		struct worker *worker;
		struct loop_fd *fd;
	} looks, work;
	unsigned jobs;
	bool asking, wanted, said;
	uint64_t answered_usec;
	uint64_t pause_usec;
	struct loop_timer *timer; /* for its patience while asking; else to ask again */
	char *name; /* what was asked for last */
	struct mount *next;
};

struct mount_list {
	struct loop *loop;
	loop_timer_fn *due; /* of each mount's timer; gets the mount */
	struct mount *first;
	unsigned count;
};

/* NULL: there are MOUNT_WORKERS_MAX in use, or no thread can be started. */
struct mount *mount_get(struct mount_list *list, const char *folder);
/* The first of the list. What a stuck worker works on is left. */
void mount_drop_first(struct mount_list *list);
/* The worker for jobs with the loop's descriptors; NULL: it cannot be started. */
struct worker *mount_worker(struct mount_list *list, struct mount *mount);
/* Collects finished jobs of all until `until_usec`. */
void mount_finish_all(struct mount_list *list, uint64_t until_usec);
