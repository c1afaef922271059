/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where git keeps what it knows of a work tree, and what it is doing there. Works
 * for worktrees and submodules, whose git dirs are elsewhere. May read the disk;
 * of a repository that libgit2 does not trust nothing is read.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct git_dir {
	char *path; /* the work tree's own git dir, with a slash at its end */
	char *common; /* that of the repository, the same but for worktrees */
	char *top; /* the work tree */
	char *prefix; /* of the project in it: "" or ending with a slash */
	unsigned hash_size;
};

/*
 * 0; -ENOENT if `folder` is in no git work tree; else a negative errno and why,
 * which the caller frees.
 */
int git_dir_find(struct git_dir *dir, const char *folder, char **why);
void git_dir_clear(struct git_dir *dir);

/* Opens the index. -1 if there is none; or a negative errno but -1, and a constant why. */
int git_dir_open_index(const struct git_dir *dir, const char **why);

/* Some git process has the index locked. */
bool git_dir_is_locked(const struct git_dir *dir);
/* The word for what git goes through step by step and has not stopped at, or NULL. */
const char *git_dir_stepping(const struct git_dir *dir);

/* How long the logs are: what is beyond is new at the next look. */
struct git_logs {
	off_t head, stash;
	char tip[65]; /* the newest stash entry, or "" */
};
void git_dir_logs(const struct git_dir *dir, struct git_logs *logs);

enum { GIT_TOLD_MAX = 200 };

/* What git did since the logs were so long. */
struct git_told {
	unsigned moves; /* how often HEAD moved */
	bool careful; /* by a command that would not have overwritten an edit */
	char text[2 * GIT_TOLD_MAX]; /* "checkout: moving from main to topic, on topic" */
};
void git_dir_tell(const struct git_dir *dir, const struct git_logs *since, struct git_told *told);

/*
 * Git work trees, through libgit2, which is initialised by the first call that
 * needs it. May read the disk.
 */

/*
 * Whether `folder` is the top of a git work tree that may be trusted. 0 if it
 * is; -ENOENT if there is no .git in it; else another negative errno, and why, a
 * text that the caller frees (another user's, a bare or damaged repository).
 */
int git_worktree_check(const char *folder, char **why);
