/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Changes one value of a git-config file, with libgit2's own writer, which keeps comments
 * and replaces the file as a whole. For the command line; blocks.
 */

enum config_change {
	CONFIG_SET, /* the key has this value, and no other */
	CONFIG_ADD, /* the key has this value, too */
	CONFIG_UNSET, /* the key does not have this value; NULL: it has none */
};

/*
 * `key` is "savecast.KEY". Makes the file, and the folders above it (mode 0700). Returns 0;
 * 1 if there was nothing to change; or a negative errno and why (the caller frees it).
 */
int config_write(
	const char *file, const char *key, enum config_change change, const char *value, char **why);
