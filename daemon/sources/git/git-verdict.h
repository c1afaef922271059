/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/content.h"
#include "sources/git/git-compare.h"

/*
 * Decides whether a candidate really changed, from the indexes, the disk, and the contents that
 * were announced before. Pure; git-look.h, which uses it, reads the disk.
 */

/* What git did since the last look. */
struct git_operation {
	uint64_t began_nsec; /* CLOCK_REALTIME: git wrote no file before this */
	unsigned moves; /* how often it moved HEAD */
	/* it does not overwrite uncommitted changes: see struct git_told */
	bool careful;
	bool sha1; /* the index's hashes can be compared with a mark's */
	bool rewrote_index; /* otherwise it had the lock and did not change the index */
};

enum git_verdict {
	GIT_CHANGED,
	/* It still has its last known contents; the caller remembers them. */
	GIT_UNCHANGED,
	GIT_NOT_TOLD, /* it may have changed, but git did not change it */
};

/*
 * `now` is the file's mark; `known` is the mark that was announced last, or NULL.
 *
 * A file with unchanged bytes counts as changed if git has written it again and it matches both
 * the old and the new index: then it had other contents meanwhile that were never announced
 * (git restore, stash, reset --hard). This does not apply if HEAD moved more than once, or if
 * `careful`: then git may have left and restored the same contents, which is no change.
 */
enum git_verdict git_verdict(const struct git_candidate *candidate,
	const struct git_operation *operation, const struct content_mark *now,
	const struct content_mark *known);
