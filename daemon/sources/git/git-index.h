/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Reads git's index from a descriptor: versions 2 to 4, SHA-1 and SHA-256, sparse
 * directories. This is our own reader because libgit2 1.5 takes 0.6 s and 90 MiB for
 * 500,000 files, keeps them all in memory, and supports neither SHA-256 nor sparse
 * directories. This reader needs GIT_INDEX_WINDOW bytes for a file of any size, checks
 * everything, and survives a file that shrinks while it is read (it does not map the file, so
 * there is no SIGBUS).
 *
 * Entries come in the order of their paths. A path in conflict is one entry.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/pathname.h"

enum { GIT_INDEX_WINDOW = 64 * 1024, GIT_INDEX_HASH_MAX = 32, GIT_INDEX_STAT_SIZE = 40 };

/* The largest index that is read. Git's own limit is 4 GiB. */
#define GIT_INDEX_BYTES_MAX (1024LL * 1024 * 1024)

struct git_entry {
	char path[PATHNAME_MAX + 1]; /* relative, without "", ".", ".." and ".git" components */
	size_t length;
	uint8_t stat[GIT_INDEX_STAT_SIZE]; /* ctime, mtime, dev, ino, mode, uid, gid, size */
	uint8_t hash[GIT_INDEX_HASH_MAX];
	uint32_t mode;
	uint8_t stage;
	bool skipped;  /* not in the work tree: sparse checkout */
	bool conflict; /* it has several stages; stat and hash are those of the first */
};

struct git_index {
	int fd;
	unsigned hash_size;
	unsigned version;
	uint32_t left; /* entries not yet parsed */
	int64_t size, offset; /* of the file; file offset of the window's end */
	size_t at, filled;
	bool has_next;
	struct git_entry next;
	const char *why; /* what is wrong, after a failure */
	uint8_t window[GIT_INDEX_WINDOW];
};

/*
 * Begins to read. `fd` is borrowed; -1 means an index without entries. `hash_size` is 20 or
 * 32. Returns 0, or a negative errno and `why`.
 */
int git_index_begin(struct git_index *index, int fd, unsigned hash_size);

/*
 * Returns 1 and the next entry; 0 after the last one if the rest of the file is valid too;
 * or a negative errno and `why`: -EBADMSG if damaged, -ENOTSUP for a kind of index that is
 * not supported (split).
 */
int git_index_next(struct git_index *index, struct git_entry *entry);

/* A field of an entry's stat. */
uint32_t git_entry_field(const struct git_entry *entry, unsigned field);
enum {
	GIT_ENTRY_CTIME,
	GIT_ENTRY_CTIME_NSEC,
	GIT_ENTRY_MTIME,
	GIT_ENTRY_MTIME_NSEC,
	GIT_ENTRY_DEV,
	GIT_ENTRY_INO,
	GIT_ENTRY_MODE,
	GIT_ENTRY_UID,
	GIT_ENTRY_GID,
	GIT_ENTRY_SIZE,
};
