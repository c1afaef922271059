/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which files an index says were changed since another one: by their object, by
 * their stat (git stash and git checkout -- FILE show only there), by coming and
 * going. Reads descriptors, otherwise pure.
 */

#include "sources/git/git-index.h"

enum { GIT_CANDIDATES_MAX = 4096 };

/* A file that may have changed. */
struct git_candidate {
	char *path; /* relative to the work tree's top */
	bool untracked; /* no index has it, but see git-look.h */
	bool in_old, in_new; /* in the index, and so in the work tree */
	bool same_object; /* in both, and with the same hash and mode */
	/* In conflict there: that hash says nothing of the file. */
	bool old_conflict, new_conflict;
	uint8_t old_hash[GIT_INDEX_HASH_MAX];
	uint8_t new_hash[GIT_INDEX_HASH_MAX];
};

struct git_candidates {
	struct git_candidate *list;
	size_t kept;
	size_t count; /* beyond GIT_CANDIDATES_MAX only those whose object changed, uncounted names */
	const char *why; /* constant text, after an error */
};

/*
 * Compares the indexes open as `old_fd` and `new_fd`; -1 is an empty one. Only
 * paths below `prefix` ("" or ending with a slash). 0, or what
 * git_index_next() says.
 */
int git_compare(struct git_candidates *candidates, int old_fd, int new_fd, unsigned hash_size,
	const char *prefix);

/*
 * The files that are not on disk what the index says, by their stat alone: at
 * most `max` entries are looked at, -E2BIG if there are more.
 */
int git_compare_disk(struct git_candidates *candidates, int fd, unsigned hash_size, const char *top,
	const char *prefix, uint32_t max);

/* Adds one that no index has; its path is copied. */
void git_candidates_add(struct git_candidates *candidates, const struct git_candidate *candidate);

void git_candidates_clear(struct git_candidates *candidates);
