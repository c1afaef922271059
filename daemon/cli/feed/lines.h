/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Bytes in, lines out. Lines end with \n; what comes behind the last one waits
 * for more. Memory is bounded: of a line longer than LINE_MAX_BYTES nothing is
 * kept. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file: URI of the longest name has 3 * 4095 + 7; a little slack. */
enum { LINE_MAX_BYTES = 12300 };

struct lines {
	char kept[LINE_MAX_BYTES + 1]; /* the beginning of an unfinished line */
	size_t kept_length;
	bool too_long; /* the rest of the line is skipped */
	uint64_t number;
};

enum line_kind { LINE_WHOLE, LINE_TOO_LONG };

/*
 * Told of each line. `line` ends with a NUL, which does not count; it may hold
 * others. It may be changed, and is gone afterwards. Of a LINE_TOO_LONG it is "".
 */
typedef void lines_fn(
	enum line_kind kind, char *line, size_t length, uint64_t number, void *userdata);

/* Bytes were read. `bytes` is scratch memory to this. */
void lines_feed(struct lines *lines, char *bytes, size_t length, lines_fn *each, void *userdata);

/* No more will come: what waits is a line too. */
void lines_finish(struct lines *lines, lines_fn *each, void *userdata);
