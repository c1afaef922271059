/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whether a repository would be opened as it was: the state of the files that
 * decide on that, which are its .git and git's configurations, and of git's own
 * default for core.excludesFile. What a configuration includes is not among them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GIT_STAMP_FILES = 7 };

/* Zeroed at first; git_stamp_clear() frees. */
struct git_stamp {
	struct git_stamp_file {
		char *name;
		uint64_t device, inode, size; /* all 0: it is not there */
		uint64_t changed_nsec; /* its ctime */
	} files[GIT_STAMP_FILES];
};

/*
 * `tree` is the work tree's top; `path` and `common` are the repository's own folder
 * and the one that it shares with other work trees, with a slash at their ends.
 * `since_usec` is when the repository was about to be opened, by the real-time clock:
 * false if one of the files may have changed after that. Then nothing is stamped.
 */
bool git_stamp_take(struct git_stamp *stamp, const char *tree, const char *path, const char *common,
	uint64_t since_usec);
/* False also if nothing is stamped. */
bool git_stamp_holds(const struct git_stamp *stamp);
void git_stamp_clear(struct git_stamp *stamp);
