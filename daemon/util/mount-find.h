/* SPDX-License-Identifier: MIT */
#pragma once

/* Finds the remote mount that a name is in, with links followed. For mounts.c only. */

#include <limits.h>
#include <stdint.h>

#include "util/loop.h"
#include "util/mount-table.h"

/* Zeroed at first, and whenever the table changes. */
struct mount_memory {
	struct mount_local {
		char name[PATH_MAX];
		uint64_t until_usec; /* until then it counts as local */
	} local[4];
	unsigned next;
};

/* Follows links, but never one that is on a remote mount. NULL: the name is local. */
const char *mount_find(
	const struct mount_table *table, struct mount_memory *memory, const char *name);

/* For mounts_find(). The table is copied. */
void mount_find_many(struct loop *loop, const struct mount_table *table, char *const *names,
	size_t count, void (*found)(char *folder, void *userdata), void *userdata);
