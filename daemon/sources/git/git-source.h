/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One git work tree as a source of events: what a git command changed in a project
 * becomes one event, named for the command, once git has settled.
 *
 * One watch on the git dir and one descriptor of the index are kept; never a watch in
 * the work tree. When git replaces the index (it never writes into it), the old one,
 * still open, is compared with the new one on the worker thread, and the candidates
 * with the disk and with what was announced. When that is, git-activity.h says; until
 * then, beyond the first GIT_SETTLE, the project is held, so that saves do not reload
 * half a rebase.
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

#include "pipeline/pipeline.h"
#include "project/project.h"
#include "sources/git/git-dir.h"
#include "sources/watcher.h"
#include "util/loop.h"

/* What all sources need; borrowed. */
struct git_parts {
	struct loop *loop;
	struct watcher *watcher;
	struct registry *registry;
	struct pipeline *pipeline;
};

struct git_source;

/* `parts` and `project` are borrowed; what `dir` holds is taken. */
struct git_source *git_source_new(
	const struct git_parts *parts, struct project *project, const struct git_dir *dir);
/* The project is let go only by who forgets it. */
void git_source_free(struct git_source *source);

struct project *git_source_project(const struct git_source *source);

/* Nothing of it is under way, and the project is not held. */
bool git_source_is_idle(const struct git_source *source);

/* Its git dir is no more; there may be another one by now. */
bool git_source_is_gone(const struct git_source *source);

/* The first call begins. If it cannot be watched, the next one tries again: the limit may
 * have been raised. */
void git_source_watch(struct git_source *source);

/* A hold of the project ends: it lasts until it is known what git did meanwhile. */
void git_source_settle(struct git_source *source);
