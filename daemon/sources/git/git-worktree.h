/* SPDX-License-Identifier: MIT */
#pragma once

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
