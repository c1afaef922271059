/* SPDX-License-Identifier: MIT */
#pragma once

#include "sources/git/git-compare.h"
#include "sources/git/git-dir.h"

/*
 * The untracked files of a stash entry (git stash push --include-untracked): no index
 * knows of them, but the entry does. They become candidates: `pushed` that went from
 * the work tree with it, else that may have come back. `tip` is the entry's commit.
 */
void git_stash_add_untracked(
	struct git_candidates *candidates, const struct git_dir *dir, const char *tip, bool pushed);
