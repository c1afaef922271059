/* SPDX-License-Identifier: MIT */
#pragma once

/* The end of what a command wrote, for people. Pure. */

#include <stddef.h>

enum { ENDING_BYTES_MAX = 4096 };

struct ending {
	char bytes[ENDING_BYTES_MAX];
	size_t length;
};

void ending_add(struct ending *ending, const char *bytes, size_t length);

/*
 * Its lines as UTF-8, without what only a terminal understands (colours, bells,
 * what a carriage return has overwritten). A first line that is not whole is left
 * out, if there are others. The caller frees it.
 */
char *ending_text(const struct ending *ending);
