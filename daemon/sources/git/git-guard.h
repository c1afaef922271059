/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Checks the files that libgit2 is about to read: libgit2 opens them without a check, and
 * would wait forever for a pipe in place of a file, which a repository from an archive may
 * contain, or for a file system that does not answer. (It does not protect against a process of the
 * same user that changes the files between the check and the read.)
 */

#include <stdbool.h>

#include <git2.h>

/*
 * The calling thread must not read some of the files: they are on a remote mount. The folder counts as
 * being there from now on; see mounts_lead_add().
 */
enum { GIT_GUARD_WAITS = GIT_EUSER };

/*
 * Calls git_repository_open_ext(), without its last argument, if the repository's files are
 * regular. If they are not, or if libgit2 refuses, `why` says why; the caller frees it.
 */
int git_guard_open(
	git_repository **repository, const char *folder, unsigned flags, char **why);

/*
 * Whether each .gitignore from `tree` (with a slash at its end) down to the file is a
 * regular file or missing, and may be read by this thread.
 */
bool git_guard_ignores(const char *tree, const char *file);
