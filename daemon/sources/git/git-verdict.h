/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/content.h"
#include "sources/git/git-compare.h"

/*
 * Whether a candidate really changed, from what the indexes say, what is on disk,
 * and what was announced of it before. Pure.
 */

/* What git did since the last look. */
struct git_operation {
	uint64_t began_nsec; /* CLOCK_REALTIME: no file it made was made before */
	unsigned moves; /* how often it moved HEAD */
	bool careful; /* and would not have overwritten an edit: see struct git_told */
	bool sha1; /* the index's hashes can be compared with a mark's */
	bool rewrote_index; /* else it had the lock, and left the index as it was */
};

enum git_verdict {
	GIT_CHANGED,
	/* It holds what it did when it was known last: seen so, which is worth remembering. */
	GIT_UNCHANGED,
	GIT_NOT_TOLD, /* it may have changed, but not by what git did */
};

/*
 * `now` is the file's mark; `known` what was announced of it last, or NULL.
 *
 * A file whose bytes are what they were changed all the same if git has made it
 * anew and it is what the index says, and said before: then it was something else
 * meanwhile that nobody announced (git restore, stash, reset --hard). Not so where HEAD
 * moved more than once, or with care: there and back again is no change.
 */
enum git_verdict git_verdict(const struct git_candidate *candidate,
	const struct git_operation *operation, const struct content_mark *now,
	const struct content_mark *known);
