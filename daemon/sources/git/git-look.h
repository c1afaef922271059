/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/content.h"
#include "sources/git/git-compare.h"
#include "sources/git/git-dir.h"
#include "sources/git/git-verdict.h"

/*
 * A look finds out what git did. It takes time, so it runs on the worker thread. It uses only its
 * own struct and the disk.
 */

enum {
	/* A work tree with more files is not searched for what `git restore` wrote. */
	GIT_SEARCH_MAX = 20000,
	/* How much of the candidates' contents is read; for the rest, only the index counts. */
	GIT_READ_BYTES_MAX = 256 * 1024 * 1024,
};

struct git_look {
	/* In: */
	struct git_dir dir; /* its own copy */
	int old_fd, new_fd; /* -1: no index */
	struct git_logs since;
	struct git_operation operation; /* the look sets `moves`, `careful` and `sha1` */

	/* Out: */
	struct git_candidates candidates;
	struct content_mark *marks; /* one for each candidate that is kept */
	struct git_told told;
	struct git_logs logs;
	int error; /* the candidates are not known */
	char *why; /* after an error that the new index causes: what is wrong with it */
};

struct git_look *git_look_new(const struct git_dir *dir);
/* Does not close the descriptors. */
void git_look_free(struct git_look *look);
void git_look_run(struct git_look *look);

/*
 * Adds the untracked files of a stash entry (git stash push --include-untracked), which no index
 * contains, as candidates: with `pushed`, as files that were removed from the work tree,
 * otherwise as files that may have been restored. `tip` is the entry's commit.
 */
void git_stash_add_untracked(
	struct git_candidates *candidates, const struct git_dir *dir, const char *tip, bool pushed);
