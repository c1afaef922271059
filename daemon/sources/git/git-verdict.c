/* SPDX-License-Identifier: MIT */
#include "sources/git/git-verdict.h"

#include <string.h>

/* Whether the file was written during git's operation, and after its last known state. */
static bool file_is_new(const struct git_operation *operation, const struct content_mark *now,
	const struct content_mark *known)
{
	if (!now->born_nsec || now->born_nsec < operation->began_nsec) {
		return false;
	}
	return !known || known->born_nsec != now->born_nsec;
}

static bool hash_is(bool conflict, const uint8_t *hash, const struct content_mark *now)
{
	return !conflict && memcmp(hash, now->hash, sizeof now->hash) == 0;
}

/* Whether the file has its earlier contents, as far as they are known. */
static bool is_same(const struct git_candidate *candidate, const struct git_operation *operation,
	const struct content_mark *now, const struct content_mark *known)
{
	if (known) {
		return content_mark_is_same(known, now);
	}
	if (now->kind == CONTENT_ABSENT) {
		return !candidate->in_old;
	}
	if (!candidate->in_old) {
		return false;
	}
	if (now->kind == CONTENT_UNKNOWN || !operation->sha1) {
		return candidate->same_object;
	}
	return hash_is(candidate->old_conflict, candidate->old_hash, now);
}

static bool is_changed(const struct git_candidate *candidate, const struct git_operation *operation,
	const struct content_mark *now, bool known, bool same, bool written)
{
	if (candidate->untracked) {
		/*
		 * If its earlier contents are known to be different, no other evidence is
		 * needed.
		 */
		return !same && (candidate->in_old || known || written);
	}
	if (!operation->rewrote_index) {
		return written; /* the index does not show it: git restore */
	}
	if (!same) {
		/*
		 * A file that was only removed from the index is still on disk: git rm
		 * --cached.
		 */
		return now->kind == CONTENT_ABSENT || candidate->in_new || written;
	}
	if (!written || operation->moves > 1 || operation->careful || !candidate->in_new) {
		return false;
	}
	/*
	 * The old index has another object for it, but these contents were announced: git has
	 * changed the file back.
	 */
	if (!candidate->same_object && !candidate->old_conflict) {
		return false;
	}
	return now->kind == CONTENT_UNKNOWN || !operation->sha1 ||
		hash_is(candidate->new_conflict, candidate->new_hash, now);
}

enum git_verdict git_verdict(const struct git_candidate *candidate,
	const struct git_operation *operation, const struct content_mark *now,
	const struct content_mark *known)
{
	bool same = is_same(candidate, operation, now, known);

	if (is_changed(
		    candidate, operation, now, known, same, file_is_new(operation, now, known))) {
		return GIT_CHANGED;
	}
	return same && (known || operation->sha1) ? GIT_UNCHANGED : GIT_NOT_TOLD;
}
