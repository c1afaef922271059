/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One git work tree as a source of events: the files that a git command changed in a project
 * become one event, named after the command, when git has settled.
 *
 * It needs one inotify watch on the git dir and one descriptor of the index, and no watch in
 * the work tree. Git replaces the index and never writes into it. After that, the worker
 * thread compares the old index, which is still open, with the new one, and the candidates
 * with the disk and with the contents that were announced. git-activity.h decides when. If
 * git takes longer than GIT_SETTLE, the project is held until then, so that saves do not
 * reload a half-finished rebase; but not while a hook runs or a rebase pauses. Before git
 * counts as settled, the worker thread searches once for a process that still works for it: see
 * git-process.h.
 *
 * Not noticed: untracked files that git clean removes, because it leaves no trace; untracked
 * files of a stash entry that is popped, unless it is the last entry; a file that `git restore
 * FILE` resets, in a work tree of more than GIT_SEARCH_MAX files, until the next command that
 * refreshes the index.
 *
 * Announced although unchanged: a staged file that git removes and restores within one
 * command that moves HEAD at most once (a merge that fails); a file in conflict that git
 * rewrites with the same bytes (it cannot be distinguished from one that was edited
 * meanwhile, and an extra reload is better than a missing one).
 *
 * If the index cannot be read (split, damaged), the project's problem says so. Then every
 * change of it is an event without files.
 */

#include "pipeline/pipeline.h"
#include "project/project.h"
#include "sources/git/git-dir.h"
#include "sources/watcher.h"
#include "util/loop.h"

/* The modules that all git sources use; borrowed. */
struct git_parts {
	struct loop *loop;
	struct watcher *watcher;
	struct registry *registry;
	struct pipeline *pipeline;
	/* Whether the disk reports every change in the project's work tree. */
	bool (*disk_is_whole)(const struct project *project, void *userdata);
	/* git has paused: git_source_until() returns an earlier time now. */
	void (*paused)(struct project *project, void *userdata);
	/* git has finished; `what` is a text for the log that names its command. */
	void (*done)(struct project *project, const char *what, void *userdata);
	void *userdata;
};

struct git_source;

/* `parts` and `project` are borrowed; takes ownership of the contents of `dir`. */
struct git_source *git_source_new(
	const struct git_parts *parts, struct project *project, const struct git_dir *dir);
/* It does not end the project's hold: the caller forgets the project. */
void git_source_free(struct git_source *source);

struct project *git_source_project(const struct git_source *source);

/*
 * Files written before this time may belong to git's command, which goes on or has just
 * ended. 0: git does not work; CLOCK_NEVER: all of them may.
 */
uint64_t git_source_until(const struct git_source *source);

/* Whether nothing is in progress and the source does not hold the project. */
bool git_source_is_idle(const struct git_source *source);

/* Whether its git dir was removed; there may be a new one by now. */
bool git_source_is_gone(const struct git_source *source);

/*
 * The first call begins to watch. If that fails, the next call tries again: the limit may
 * have been raised.
 */
void git_source_watch(struct git_source *source);

/* A hold of the project ends: prolongs it until it is known what git did meanwhile. */
void git_source_settle(struct git_source *source);
