/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "cli/verb.h"

/*
 * Converts a file name as a user or an editor writes it to what the daemon accepts: an
 * absolute path without empty, "." or ".." components. Bytes stay as they are. Symbolic
 * links are left to the daemon, except before a "..", which means the parent of the
 * link's target.
 */

/*
 * `given` is a path, relative to `folder` or absolute, or a file: URI. `folder` is
 * absolute, or NULL if it is not known. The caller frees `text`, the name in the form of
 * the D-Bus API. On error returns a negative errno and, in `why`, a constant text.
 */
int path_argument_read(const char *given, const char *folder, char **text, const char **why);

/* Whether it is "scheme://..."; a file: URI is a file. */
bool path_argument_is_url(const char *given);

/*
 * The URL that the user probably meant by a name without a scheme, as "localhost:8000/a"; NULL
 * if it does not look like one, or there is such a file. The caller frees it.
 */
char *path_argument_guess_url(const char *given);

/* Prints "<what>: <given>: <why>"; returns EXIT_CODE_USAGE. */
enum exit_code path_argument_wrong(
	const struct verb *verb, const char *what, const char *given, const char *why);

/* The current folder, or NULL if it was deleted. The caller frees it. */
char *path_current_folder(void);
