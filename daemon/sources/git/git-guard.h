/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A look at what libgit2 is about to read: it opens files as they are, and waits for
 * ever at a pipe that lies where a file should. A repository that came as an archive
 * may hold one. (Who changes them at this very moment is the user himself.)
 */

#include <stdbool.h>

#include <git2.h>

/*
 * git_repository_open_ext() without its last argument, if its files are files. Else,
 * and where libgit2 says no, `why` says why; the caller frees it.
 */
int git_guard_open(
	git_repository **repository, const char *folder, unsigned flags, char **why);

/* Whether each .gitignore from `tree` (with a slash at its end) down to the file is a file, or none. */
bool git_guard_ignores(const char *tree, const char *file);
