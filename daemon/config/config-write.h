/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Changes one value of a git-config file with libgit2's own writer, which keeps comments
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
