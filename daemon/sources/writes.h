/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Files that were written or deleted, and when each may be told. Pure: time is an
 * argument.
 *
 * A file that is closed after writing, or renamed into place, may be told at once. One
 * that is written to again before it is told waits until it is closed, WRITES_OPEN at
 * most. One that is deleted or renamed away waits WRITES_GONE for another in its place,
 * as editors make it. What else has to wait, its reader says with writes_wait().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/clock.h"

#define WRITES_OPEN_USEC (5 * CLOCK_USEC_PER_SEC)
#define WRITES_GONE_USEC (200 * CLOCK_USEC_PER_MSEC)

/* Names that are kept; of further ones only the number. */
enum { WRITES_MAX = 4096 };

struct write {
	char *name;
	uint64_t due_usec;
	bool waited; /* it was made to wait once already, and nothing came */
	bool is_new; /* there was no such file before, whatever is noted of it meanwhile */
};

/* Zeroed: empty. */
struct writes {
	struct write *items;
	size_t count, size;
	size_t more; /* whose names were not kept */
	void *index;
};

void writes_done(struct writes *writes, const char *name, uint64_t now_usec);
void writes_gone(struct writes *writes, const char *name, uint64_t now_usec);
/* Somebody writes to it. What is not known to have been written already is not noted. */
void writes_begun(struct writes *writes, const char *name, uint64_t now_usec);

/* NULL: it is not noted. */
struct write *writes_find(const struct writes *writes, const char *name);
/* Before it is told, it waits: for what it is the first half of. */
void writes_wait(struct write *write, uint64_t until_usec);

/* When the first may be told; CLOCK_NEVER if there is none. */
uint64_t writes_due(const struct writes *writes);
/* Those that wait, wait no longer; those that are being written do. */
void writes_hurry(struct writes *writes, uint64_t now_usec);
/* Removes those whose names are NULL: they have been told. */
void writes_compact(struct writes *writes);
void writes_clear(struct writes *writes);
/* Takes the name out: the caller owns it, and calls writes_compact() in the end. */
char *writes_take(struct writes *writes, size_t at);
