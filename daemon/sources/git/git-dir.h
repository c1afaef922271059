/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where git stores its data of a work tree, and what it is doing there. Works for linked work
 * trees and submodules, whose git dirs are elsewhere. May read the disk; reads nothing from a
 * repository that libgit2 does not trust.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct git_dir {
	char *path; /* the work tree's own git dir, with a slash at its end */
	char *common; /* the repository's git dir; the same, except for linked work trees */
	char *top; /* the work tree */
	char *prefix; /* of the project in the work tree: "" or ending with a slash */
	unsigned hash_size;
};

/*
 * 0; -ENOENT if `folder` is in no git work tree; -EAGAIN if this thread must not read all of it (see
 * mounts_lead_add()); otherwise another negative errno. `why`, if it is set, is the caller's.
 */
int git_dir_find(struct git_dir *dir, const char *folder, char **why);
void git_dir_clear(struct git_dir *dir);

/*
 * Opens the index. -1 if there is none; or a negative errno other than -1, and a constant
 * text that says why.
 */
int git_dir_open_index(const struct git_dir *dir, const char **why);

/* Whether a git process has the index locked. */
bool git_dir_is_locked(const struct git_dir *dir);
/*
 * The name of the operation in several steps, such as a rebase, that is in progress and has
 * not stopped for the user; or NULL.
 */
const char *git_dir_stepping(const struct git_dir *dir);

/* The lengths of the logs: lines after them are new at the next look. */
struct git_logs {
	off_t head, stash;
	char tip[65]; /* the latest stash entry, or "" */
};
void git_dir_logs(const struct git_dir *dir, struct git_logs *logs);

enum { GIT_TOLD_MAX = 200 };

/* What git did since the logs had these lengths. */
struct git_told {
	unsigned moves; /* how often HEAD moved */
	bool careful; /* by a command that does not overwrite uncommitted changes */
	char text[2 * GIT_TOLD_MAX]; /* "checkout: moving from main to topic, on topic" */
};
void git_dir_tell(const struct git_dir *dir, const struct git_logs *since, struct git_told *told);

/*
 * Git work trees, through libgit2, which is initialised by the first call that needs it.
 * May read the disk.
 */

/*
 * Checks whether `folder` is the top of a git work tree that can be trusted. Returns 0 if it
 * is; -ENOENT if it has no .git; otherwise (another user's repository, a bare or damaged one; -EAGAIN as
 * for git_dir_find()) another negative errno and why, which the caller frees.
 */
int git_worktree_check(const char *folder, char **why);

/*
 * Whether a folder that git_worktree_check() refuses looks like a work tree: of a later version
 * of git, of another user, or whose repository has moved. Its saves count; git commands there
 * are not noticed.
 */
bool git_worktree_is_likely(const char *folder);

/* Whether the folder is a submodule: its files also belong to the project that contains it. */
bool git_is_submodule(const char *folder);
