/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Files that were written or deleted, and when each may be reported. Pure: time is an
 * argument.
 *
 * A file that was closed after writing, or renamed into place, can be reported immediately. If
 * it is written again before it was reported, it waits until it is closed, at most
 * WRITES_OPEN; unclosed.h has the files that are written and not recorded here. A file that was deleted or renamed to another name waits WRITES_GONE for a new
 * one with its name, because editors replace files in this way. For other reasons to wait, the
 * caller uses writes_wait().
 *
 * While a file is deleted or half written, a program that reads it gets something else than its
 * contents before and after. broken_usec says since when that has been so.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/clock.h"

#define WRITES_OPEN_USEC (5 * CLOCK_USEC_PER_SEC)
#define WRITES_GONE_USEC (200 * CLOCK_USEC_PER_MSEC)

/* Names that are kept; further ones are only counted. */
enum { WRITES_MAX = 4096 };

struct write {
	char *name;
	uint64_t due_usec;
	uint64_t at_usec; /* when it was last written, deleted or opened for writing */
	uint64_t first_usec; /* when it was first recorded */
	uint64_t broken_usec; /* until at_usec, it was deleted or half written; 0: never */
	bool waited; /* it has waited once already, and nothing came */
	bool is_new; /* the file did not exist before its first record */
};

/* Zeroed: empty. */
struct writes {
	struct write *items;
	size_t count, size;
	size_t more; /* whose names were not kept */
	void *index;
};

void writes_done(struct writes *writes, const char *name, uint64_t now_usec);
/* `begun_usec`: when it was first written to; 0: it was not, or that is not known. */
void writes_closed(
	struct writes *writes, const char *name, uint64_t begun_usec, uint64_t now_usec);
void writes_gone(struct writes *writes, const char *name, uint64_t now_usec);
/* A program writes to it. Has no effect if the file is not recorded. */
void writes_begun(struct writes *writes, const char *name, uint64_t now_usec);

/* NULL: it is not recorded. */
struct write *writes_find(const struct writes *writes, const char *name);
/* The file waits for the second half of its save before it is reported. */
void writes_wait(struct write *write, uint64_t until_usec);

/* When the first may be reported; CLOCK_NEVER if there is none. Those before `from` do not count. */
uint64_t writes_due(const struct writes *writes, uint64_t from_usec);
/* Whether this one may be reported now. */
bool write_is_due(const struct write *write, uint64_t from_usec, uint64_t now_usec);
/* Ends all waits, except for files that are being written. */
void writes_hurry(struct writes *writes, uint64_t now_usec);
/* Removes those whose names are NULL: they have been reported. */
void writes_compact(struct writes *writes);
void writes_clear(struct writes *writes);
/* Takes the name: the caller owns it, and must call writes_compact() afterwards. */
char *writes_take(struct writes *writes, size_t at);
