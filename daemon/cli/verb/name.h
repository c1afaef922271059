/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Names as a person or an editor writes them, made into names as the daemon
 * takes them: absolute, without empty, "." or ".." components. Bytes stay as they
 * are: a symbolic link in the name is left to the daemon, except before a "..",
 * which means the parent of what the link leads to.
 */

/*
 * `given` is a path, relative to `folder` or absolute, or a file: URI. `folder`
 * is absolute; NULL if it is not known. The caller frees `text`, the name as the
 * D-Bus API writes it. Negative errno, and a constant text that says why.
 */
int name_read(const char *given, const char *folder, char **text, const char **why);

/*
 * The current folder, or NULL if it has none any more. The caller frees it.
 */
char *name_current_folder(void);
