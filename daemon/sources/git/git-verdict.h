/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/content.h"
#include "sources/git/git-compare.h"

/*
 * Whether a candidate really changed, judged from the indexes, the disk, and what was
 * announced of it before. Pure.
 */

/* What git did since the last look. */
struct git_operation {
	uint64_t began_nsec; /* CLOCK_REALTIME: git made no file before this */
	unsigned moves; /* how often it moved HEAD */
	/* and would not have overwritten an uncommitted change: see struct git_told */
	bool careful;
	bool sha1; /* the index's hashes can be compared with a mark's */
	bool rewrote_index; /* otherwise it had the lock and did not change the index */
};

enum git_verdict {
	GIT_CHANGED,
	/* It has the contents that were known last: worth remembering. */
	GIT_UNCHANGED,
	GIT_NOT_TOLD, /* it may have changed, but not because of git */
};

/*
 * `now` is the file's mark; `known` what was announced of it last, or NULL.
 *
 * A file with unchanged bytes counts as changed if git has written it anew and it matches
 * the index now and before: then it had other contents meanwhile that were never announced
 * (git restore, stash, reset --hard). This does not apply if HEAD moved more than once, or
 * `careful`: there and back again is not a change.
 */
enum git_verdict git_verdict(const struct git_candidate *candidate,
	const struct git_operation *operation, const struct content_mark *now,
	const struct content_mark *known);
