/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * Git-config files, read with libgit2's own parser, which is loaded only if there
 * is one. A file is refused if it is no regular file of the user's own, larger
 * than it may be, or holds a NUL or "[include": the parser would follow includes into
 * any file, also one that never answers. Blocks for the disk.
 *
 * A project's file is somebody else's text, and is parsed on the loop: its limits keep
 * the worst of it below 5 ms.
 */

enum config_owner {
	CONFIG_USERS, /* may be a symbolic link */
	CONFIG_PROJECTS, /* may not */
};

enum {
	CONFIG_BYTES_MAX = 64 * 1024,
	CONFIG_PROJECT_BYTES_MAX = 16 * 1024,
	CONFIG_PROJECT_LINES_MAX = 1024,
};

/*
 * Told of each value, in their order: the key in lower case but for its
 * subsection; NULL for one without "="; the line, or 0 if it is not known.
 */
typedef void config_value_fn(const char *key, const char *value, unsigned line, void *userdata);

/*
 * Returns the bytes read; -ENOENT if there is no such file; or another negative errno and why
 * (the caller frees it). On error nothing was told.
 */
int config_file_read(const char *name, enum config_owner owner, config_value_fn *told,
	void *userdata, char **why);
