/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Remembers the contents of each file when it was announced last, so that a save which changed
 * no byte does nothing. A table of names and marks (pure), and the function that reads a file
 * and returns its mark.
 *
 * The memory is bounded: at least the last CONTENT_FILES_MAX / 2 files that were looked up
 * are kept, at most CONTENT_FILES_MAX. A file that was forgotten is announced once more.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONTENT_FILES_MAX = 16384, CONTENT_HASH_SIZE = 20 };

enum content_kind {
	/* unknown: not a regular file, too large, or unreadable; never equal to another mark */
	CONTENT_UNKNOWN,
	CONTENT_ABSENT,	 /* the file does not exist */
	CONTENT_FILE,
	CONTENT_LINK, /* a symbolic link; the hash is of its target's name */
};

struct content_mark {
	enum content_kind kind;
	bool linked; /* a file with several names: hard links */
	uint8_t hash[CONTENT_HASH_SIZE];
	uint64_t changed_nsec; /* the file's ctime when it had these contents */
	uint64_t born_nsec;    /* the file's birth time; 0 if the file system has none */
};

bool content_mark_is_same(const struct content_mark *a, const struct content_mark *b);

struct content_memory;

struct content_memory *content_memory_new(void);
void content_memory_free(struct content_memory *memory);

/* The mark that was announced last; NULL if it is not known. Valid until the next call. */
const struct content_mark *content_find(struct content_memory *memory, const char *name);

/* Remembers what is announced now; returns whether the same was announced before. */
bool content_announce(
	struct content_memory *memory, const char *name, const struct content_mark *mark);

/*
 * Notes that the disk reported this save; an editor may still report the same one.
 * content_ask_told_by_disk() then returns true once.
 */
void content_told_by_disk(struct content_memory *memory, const char *name);
bool content_was_told_by_disk(struct content_memory *memory, const char *name);
bool content_ask_told_by_disk(struct content_memory *memory, const char *name);

/* Forgets the file's mark: its last announcement did not reach any tab. */
void content_forget(struct content_memory *memory, const char *name);

/* The same for a folder and all files below it. */
void content_forget_below(struct content_memory *memory, const char *folder);

enum {
	/* How much one call reads on the loop's thread: hashing this takes a few milliseconds. */
	CONTENT_LOOP_BYTES_MAX = 1024 * 1024,
	/* How much of one file the worker reads; a larger file always counts as changed. */
	CONTENT_WORKER_BYTES_MAX = 256 * 1024 * 1024,
};

/*
 * The present contents of the file, if it has at most `max` bytes. Opens regular files
 * only. Returns how many bytes it read.
 */
size_t content_read(const char *name, size_t max, struct content_mark *mark);

/* Whether the file was not changed since the mark was read, by its ctime. */
bool content_is_current(const char *name, const struct content_mark *mark);
