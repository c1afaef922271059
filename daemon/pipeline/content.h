/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What was last announced of each file, so that a save which changed no byte
 * does nothing. Pure: a memory of names and marks; content-read.h makes marks.
 *
 * It is bounded: at least the last CONTENT_FILES_MAX / 2 files that were asked
 * for are known, never more than CONTENT_FILES_MAX. A file that was forgotten is
 * announced once more.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONTENT_FILES_MAX = 16384, CONTENT_HASH_SIZE = 20 };

enum content_kind {
	CONTENT_UNKNOWN, /* cannot be told: no file, too large, unreadable; never the same */
	CONTENT_ABSENT,	 /* there is no such file */
	CONTENT_FILE,
	CONTENT_LINK, /* a symbolic link; the hash is of where it points */
};

struct content_mark {
	enum content_kind kind;
	uint8_t hash[CONTENT_HASH_SIZE];
	uint64_t changed_nsec; /* the file's ctime: when this was so */
	uint64_t born_nsec;    /* when the file was made; 0 where the disk does not say */
};

bool content_mark_is_same(const struct content_mark *a, const struct content_mark *b);

struct content_memory;

struct content_memory *content_memory_new(void);
void content_memory_free(struct content_memory *memory);

/* The mark that was announced last; NULL if it is not known. Valid until the next call. */
const struct content_mark *content_find(struct content_memory *memory, const char *name);

/* Remembers what is announced now; returns whether that is what was announced before. */
bool content_announce(
	struct content_memory *memory, const char *name, const struct content_mark *mark);

/* What was said of this file did not reach anybody. */
void content_forget(struct content_memory *memory, const char *name);

enum {
	/* How much one call on the loop's thread reads: a few milliseconds' worth of hashing. */
	CONTENT_LOOP_BYTES_MAX = 1024 * 1024,
	/* How much of one file the worker reads; a larger one is always taken as changed. */
	CONTENT_WORKER_BYTES_MAX = 256 * 1024 * 1024,
};

/*
 * What the file holds now, if it has at most `max` bytes. Never opens what is no
 * regular file. Returns how many bytes it read.
 */
size_t content_read(const char *name, size_t max, struct content_mark *mark);
