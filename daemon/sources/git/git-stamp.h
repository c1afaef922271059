/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tells whether opening a repository again would give the same result, by the state of the
 * files that determine it: its .git, git's configuration files, and git's default for
 * core.excludesFile. Files that a configuration includes are not checked.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GIT_STAMP_FILES = 7 };

/* Zeroed at first; git_stamp_clear() frees it. */
struct git_stamp {
	struct git_stamp_file {
		char *name;
		uint64_t device, inode, size; /* all 0: it does not exist */
		uint64_t changed_nsec; /* its ctime */
	} files[GIT_STAMP_FILES];
};

/*
 * `tree` is the top of the work tree; `path` and `common` are the repository's own folder
 * and the one that it shares with other work trees, with a slash at their ends.
 * `since_usec` is when opening the repository began, by the real-time clock: returns false,
 * without a stamp, if one of the files may have changed after that.
 */
bool git_stamp_take(struct git_stamp *stamp, const char *tree, const char *path, const char *common,
	uint64_t since_usec);
/* False also if there is no stamp. */
bool git_stamp_holds(const struct git_stamp *stamp);
void git_stamp_clear(struct git_stamp *stamp);
