/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The user's git configuration, if it is on a mount that may not answer, or names a file there. libgit2
 * reads it on the thread that asks about a repository, which may be the loop. So it gets a copy in the runtime folder
 * of what we need: the settings core.* and safe.*, and the file that core.excludesFile names. A
 * worker makes the copy. Conditional includes are left out.
 */

#include "util/loop.h"

/* Before libgit2 is used. At start-up, waits for the first copy; see mounts_be_patient(). */
typedef void git_home_told_fn(void *userdata);
/*
 * Calls told() when repositories that libgit2 could not open, because a thread was still reading the
 * user's configuration elsewhere, can be opened. NULL: it is not called.
 */
void git_home_new(struct loop *loop, git_home_told_fn *told, void *userdata);
/* The folder that has .gitconfig and `ignore` in place of the user's; NULL: there is no copy. */
const char *git_home_copy(void);
/* Has the copy made again, at most once per second. */
void git_home_refresh(void);
/* A mount has changed or answers: from now on, there is a copy if it is needed, and it is made again. */
void git_home_mount_changed(void);
/*
 * Reading the configuration takes reading this name on a mount, which the calling thread must not do:
 * there will be a copy. If that thread is the loop, the folder has it from now on.
 */
void git_home_want(const char *name);
