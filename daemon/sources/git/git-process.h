/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The process that works for git in a work tree. The result of git's command is complete only when
 * it ends:
 *
 *   a hook                     git runs it after it has changed files (post-checkout), or
 *                              it hides changes and restores them (pre-commit, lint-staged)
 *   a command of many steps    rebase, am, bisect, pull, stash, submodule, and a series of
 *                              cherry-pick or revert. Between two steps it may wait for an
 *                              editor, a test or the network
 *
 * Other processes of git are ignored: a pager, the editor of a commit message and `git add -p`
 * wait for the user. `git checkout -p`, `restore -p` and `stash -p` write each file as soon as the
 * user has answered for it, and then wait again: each file is an event, so that the page shows it
 * before the next answer. Processes of other users are not found.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum git_work {
	GIT_WORK_NONE,
	GIT_WORK_STEPS,
	GIT_WORK_HOOK,
};

struct git_process {
	pid_t pid; /* 0: there is none */
	enum git_work work;
	const char *what; /* "rebase" or "pre-commit": constant text */
};

/*
 * Looks at each process of our user, so it is for the worker thread. `top` is the top of the
 * work tree. `stepping`: see git_command_steps().
 */
void git_process_find(struct git_process *found, const char *top, bool stepping);

/*
 * The word for the command of many steps that these arguments of git begin, or NULL. A series, or
 * an unknown command (which may be an alias), has one only if git is `stepping` in the work tree:
 * see git_dir_stepping(). `args` are as in /proc/PID/cmdline, each followed by a NUL.
 * Pure.
 */
const char *git_command_steps(const char *args, size_t length, bool stepping);

/*
 * The hook's name if these are the arguments of a program that runs a hook of git, directly or with
 * a tool: `/bin/sh .git/hooks/pre-commit`, `lefthook run pre-commit`,
 * `python3 -mpre_commit hook-impl --hook-type=pre-commit`. NULL if not. Pure.
 */
const char *git_hook_of(const char *args, size_t length);
