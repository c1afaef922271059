/* SPDX-License-Identifier: MIT */
#pragma once

/* Which remote mount a name is in, links followed: mounts.c only. */

#include <limits.h>
#include <stdint.h>

#include "util/mount-table.h"

/* Zeroed at first, and when the table is another. */
struct mount_memory {
	struct mount_local {
		char name[PATH_MAX];
		uint64_t until_usec; /* so long it is taken to be local */
	} local[4];
	unsigned next;
};

/* Looks at links, but never at one that is on a remote mount. NULL: the name is local. */
const char *mount_find(
	const struct mount_table *table, struct mount_memory *memory, const char *name);
