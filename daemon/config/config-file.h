/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Git-config files, read with libgit2's own parser, which is loaded only if there is such a
 * file. A file is refused if it is not a regular file of this user, too large, or contains
 * a NUL or "[include": the parser would read any file that is included, even one that blocks
 * forever. Reads from the disk, and so may block.
 *
 * A project's file may come from other authors, and is parsed on the loop: because of the
 * limits, that takes at most 5 ms.
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
 * Called for each value, in order: the key in lower case except its subsection; the value,
 * NULL for a key without "="; the line, or 0 if it is not known.
 */
typedef void config_value_fn(const char *key, const char *value, unsigned line, void *userdata);

/*
 * Returns the number of bytes read; -ENOENT if there is no such file; or another negative
 * errno and why (the caller frees it). After an error, nothing was passed to the callback.
 */
int config_file_read(const char *name, enum config_owner owner, config_value_fn *told,
	void *userdata, char **why);

/* The same in two steps, of which only the first reads the file. They return 0 or an error. */
int config_file_load(
	const char *name, enum config_owner owner, char **text, size_t *length, char **why);
int config_file_parse(
	const char *text, size_t length, config_value_fn *told, void *userdata, char **why);

/*
 * config-write.c: changes one value of a file with libgit2's own writer, which keeps comments
 * and replaces the file as a whole. For the command line; blocks.
 */
enum config_change {
	CONFIG_SET, /* make this the key's only value */
	CONFIG_ADD, /* add this value to the key */
	CONFIG_UNSET, /* remove this value from the key; NULL: remove all */
};

/*
 * `key` is "savecast.KEY". Creates the file and the folders above it (mode 0700). Returns
 * 0; 1 if there was nothing to change; or a negative errno and why (the caller frees it).
 */
int config_write(
	const char *file, const char *key, enum config_change change, const char *value, char **why);
