/* SPDX-License-Identifier: MIT */
#pragma once

/* Told of each value: the key in lower case but for its subsection, "" for no value. */
typedef void config_value_fn(const char *key, const char *value, void *userdata);

/*
 * Reads a git-config file that is not trusted: of our own user, regular, at most
 * CONFIG_BYTES_MAX bytes, no includes, no NUL. Returns 0, also if there is no
 * such file, or a negative errno and why (the caller frees it); then nothing was
 * told.
 */
int config_file_read(
	const char *name, config_value_fn *told, void *userdata, char **why);
