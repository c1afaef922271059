/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Converts a file name as a person or an editor writes it to what the daemon accepts: an
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

/* The current folder, or NULL if it was deleted. The caller frees it. */
char *path_current_folder(void);
