/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Which file of a project a URL of its server shows. Looked up on the disk: for the
 * worker thread.
 *
 * The path of the URL is tried below the project's root, below `folder` (where the
 * server runs; NULL: unknown) and below the folders that frameworks serve files from,
 * then without its first component, and so on. Only a regular file below the root
 * counts, also where symbolic links lead to it. Returns its name, which the caller
 * frees, or NULL.
 */
char *served_file_find(const char *root, const char *folder, const char *url);

/*
 * The innermost place in the project that a trace names: lines "/absolute/path:LINE",
 * the innermost first. Returns the file's name, which the caller frees, and its line; or
 * NULL. Looked up on the disk as well.
 */
char *traced_file_find(const char *root, const char *trace, uint64_t *line);
