/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The mounts whose file systems may take arbitrarily long to answer: those over a network, in
 * a process (FUSE), and of unknown kinds. Reads the text of /proc/self/mountinfo, and compares two
 * such texts. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

enum { MOUNT_TABLE_BYTES_MAX = 1024 * 1024 };

struct mount_entry {
	char *folder; /* where it is mounted */
	bool remote; /* false: a local file system that is mounted below a remote one */
};

struct mount_table {
	struct mount_entry *entries; /* a later mount may hide an earlier one */
	size_t count;
};

void mount_table_read(struct mount_table *table, const char *text);
void mount_table_copy(struct mount_table *copy, const struct mount_table *table);
void mount_table_clear(struct mount_table *table);

/* The folder of the remote mount that this absolute name, links not followed, is in; or NULL. */
const char *mount_table_find(const struct mount_table *table, const char *name);
/*
 * Calls `found` with the name, a folder or a file, of each mount that only one of two such texts has,
 * or that has another device or another folder of the device mounted there; more than once if
 * several mounts changed there.
 */
typedef void mount_table_found_fn(const char *name, void *userdata);
void mount_table_compare(
	const char *before, const char *after, mount_table_found_fn *found, void *userdata);

/* The folder of a remote mount below this absolute name; or NULL. */
const char *mount_table_find_below(const struct mount_table *table, const char *name);
