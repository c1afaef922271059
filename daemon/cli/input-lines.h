/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Splits a stream of bytes into lines. A line ends with \n; an incomplete one is kept until
 * the rest comes. Memory is bounded: a line longer than INPUT_LINE_MAX_BYTES is dropped.
 * Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest file: URI has 3 * 4095 + 7 bytes. */
enum { INPUT_LINE_MAX_BYTES = 12300 };

struct input_lines {
	char kept[INPUT_LINE_MAX_BYTES + 1]; /* the beginning of an unfinished line */
	size_t kept_length;
	bool too_long; /* the rest of the line is skipped */
	uint64_t number;
};

enum input_line_kind { INPUT_LINE_WHOLE, INPUT_LINE_TOO_LONG };

/*
 * Called for each line. A NUL that is not counted follows `line`, which may contain others.
 * It may be changed, and is valid during the call. For INPUT_LINE_TOO_LONG it is "".
 */
typedef void input_lines_fn(
	enum input_line_kind kind, char *line, size_t length, uint64_t number, void *userdata);

/* Takes the next bytes of the stream, and overwrites some of them. */
void input_lines_feed(struct input_lines *lines, char *bytes, size_t length, input_lines_fn *each, void *userdata);

/* The stream has ended: an incomplete line counts as a line. */
void input_lines_finish(struct input_lines *lines, input_lines_fn *each, void *userdata);
