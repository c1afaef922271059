/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * git as a source of events: what a git command changed in a project's work tree
 * becomes one event, named for the command, once git has settled.
 *
 * For each project that is tracked, or that a tab shows, and that is in a git
 * work tree, one watch on its git dir and one descriptor of its index are kept;
 * never a watch in the work tree. When git replaces the index (it never writes
 * into it), the old one, still open, is compared with the new one on the worker
 * thread, and the candidates with the disk and with what was announced.
 *
 *   index.lock is there      git works; wait until it is gone, GIT_LOCK_MAX at most
 *   then GIT_SETTLE passes   with nothing new: one command often writes it thrice
 *   the stash changed        GIT_STASH: that command is several
 *   a rebase, am, cherry-pick or revert goes on, and has not stopped for a person:
 *                            wait for its end, GIT_STEP_QUIET after its last sign,
 *                            GIT_STEP_MAX in all
 *
 * Meanwhile, beyond the first GIT_SETTLE, the project is held, so that saves do
 * not reload half a rebase.
 *
 * Not seen: untracked files that git clean removes, for it leaves no trace, and those
 * of a stash entry that is not the newest, when it is popped; a file
 * that `git restore FILE` makes what it was, in a work tree of more than
 * GIT_SEARCH_MAX files, until the next command that refreshes the index.
 *
 * Announced though it is as it was: a staged file that git takes away and brings
 * back within one command that moves HEAD at most once (a merge that fails); a file
 * in conflict that git writes anew with the bytes that it had (nothing tells that
 * from one that was edited meanwhile, and a reload too many is the lesser evil).
 *
 * An index that cannot be read (split, damaged) is said in the project's problem;
 * then every change of it is an event without files: too many rather than none.
 */

#include "base/clock.h"
#include "hold/hold.h"
#include "loop/loop.h"
#include "pipe/pipe.h"
#include "project/project.h"
#include "watch/watcher.h"

#define GIT_SETTLE_USEC (60 * CLOCK_USEC_PER_MSEC)
#define GIT_STASH_USEC (240 * CLOCK_USEC_PER_MSEC)
#define GIT_LOCK_MAX_USEC (120 * CLOCK_USEC_PER_SEC)
#define GIT_STEP_QUIET_USEC (2 * CLOCK_USEC_PER_SEC)
#define GIT_STEP_MAX_USEC (60 * CLOCK_USEC_PER_SEC)

enum { GIT_SOURCES_MAX = 256 };

struct git_sources;

struct git_sources *git_sources_new(
	struct loop *loop, struct watcher *watcher, struct registry *registry, struct pipe *pipe);
void git_sources_free(struct git_sources *sources);

/* The project was added, was tracked, or got a tab: it is watched if it should be. */
void git_sources_update(struct git_sources *sources, struct project *project);
/* A hold of the project ends: it lasts until it is known what git did meanwhile. */
void git_sources_settle(struct git_sources *sources, struct project *project);
/* The project is about to be forgotten. */
void git_sources_forget(struct git_sources *sources, struct project *project);
