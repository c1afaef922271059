/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "util/mount-table.h"

/* Where the files are that a server serves. */
struct served {
	const char *root; /* of the project */
	const char *folder; /* where the server runs; NULL: unknown */
	/* of mounts_copy(); a file on another remote mount than the root's is not found */
	struct mount_table mounts;
};

/*
 * Finds the file of a project that a URL of its server shows. Reads the disk: for the worker
 * thread.
 *
 * The path of the URL is tried below the project's root, below the server's folder and below the
 * folders that frameworks serve files from, then without its first component, and so on. Only a
 * regular file below the root counts, after symbolic links were resolved. Returns its name, which
 * the caller frees, or NULL.
 */
char *served_file_find(const struct served *served, const char *url);

/*
 * The innermost place in the project that a stack trace names. `trace` has lines "PATH:LINE", the
 * innermost call first. A relative path is below the server's folder or the root. Returns the
 * file's name, which the caller frees, and its line; or NULL. Reads the disk, too.
 */
char *traced_file_find(const struct served *served, const char *trace, uint64_t *line);
