/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Finds the file of a project that a URL of its server shows. Reads the disk: for the worker
 * thread.
 *
 * The path of the URL is tried below the project's root, below `folder` (where the
 * server runs; NULL: unknown) and below the folders that frameworks serve files from,
 * then without its first component, and so on. Only a regular file below the root counts,
 * after symbolic links were resolved. Returns its name, which the caller frees, or NULL.
 */
char *served_file_find(const char *root, const char *folder, const char *url);

/*
 * The innermost place in the project that a stack trace names. `trace` has lines "PATH:LINE", the
 * innermost call first. A relative path is below `folder` (or NULL) or the root. Returns the
 * file's name, which the caller frees, and its line; or NULL. Reads the disk, too.
 */
char *traced_file_find(
	const char *root, const char *folder, const char *trace, uint64_t *line);
