/* SPDX-License-Identifier: MIT */
#pragma once

/* The last lines that a command wrote, as text for display. Pure. */

#include <stddef.h>

enum { OUTPUT_TAIL_BYTES_MAX = 4096 };

struct output_tail {
	char bytes[OUTPUT_TAIL_BYTES_MAX];
	size_t length;
};

void output_tail_add(struct output_tail *tail, const char *bytes, size_t length);

/*
 * The lines as UTF-8, without escape sequences and control characters, and without text that
 * a carriage return has overwritten. If the beginning of the first line is missing, the line
 * is left out, unless it is the only one. The caller frees it.
 */
char *output_tail_text(const struct output_tail *tail);
