/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Finds the files that differ between two versions of an index: by their object, by their stat
 * (git stash and git checkout -- FILE change only that), or because they appeared or
 * disappeared. Reads descriptors; otherwise pure.
 */

#include "sources/git/git-index.h"

enum { GIT_CANDIDATES_MAX = 4096 };

/* A file that may have changed. */
struct git_candidate {
	char *path; /* relative to the top of the work tree */
	bool untracked; /* in no index; see git_stash_add_untracked() */
	bool in_old, in_new; /* in the index, and therefore in the work tree */
	bool same_object; /* in both, with the same hash and mode */
	/* In conflict in that index: the hash is not that of the file. */
	bool old_conflict, new_conflict;
	uint8_t old_hash[GIT_INDEX_HASH_MAX];
	uint8_t new_hash[GIT_INDEX_HASH_MAX];
};

struct git_candidates {
	struct git_candidate *list;
	size_t kept;
	/*
	 * including those beyond GIT_CANDIDATES_MAX, which are not kept; of the files of an
	 * index, these are only the ones whose object changed
	 */
	size_t count;
	const char *why; /* constant text, after an error */
};

/*
 * Compares the indexes open as `old_fd` and `new_fd`; -1 is an empty index. Only paths
 * below `prefix` ("" or ending with a slash). Returns 0, or an error of git_index_next().
 */
int git_compare(struct git_candidates *candidates, int old_fd, int new_fd, unsigned hash_size,
	const char *prefix);

/*
 * Finds the files on disk whose stat differs from the index. Checks at most `max` entries;
 * -E2BIG if there are more.
 */
int git_compare_disk(struct git_candidates *candidates, int fd, unsigned hash_size, const char *top,
	const char *prefix, uint32_t max);

/* Adds a file that is in no index; copies its path. */
void git_candidates_add(struct git_candidates *candidates, const struct git_candidate *candidate);

void git_candidates_clear(struct git_candidates *candidates);
