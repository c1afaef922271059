/* SPDX-License-Identifier: MIT */
#pragma once

/* Bytes from anywhere, as UTF-8 (Unicode 15, table 3-7). Pure. A NUL is not a character. */

#include <stdbool.h>
#include <stddef.h>

/* How many bytes at `at` form one valid character; 0: none. */
size_t utf8_character(const char *at, size_t left);

bool utf8_is_valid(const char *bytes, size_t length);

/*
 * Copies what fits into `out`, which has `size` bytes and always ends with a NUL. Never
 * cuts a character; a byte that is not valid UTF-8 becomes U+FFFD.
 */
void utf8_copy(char *out, size_t size, const char *in, size_t length);

/* The same for a whole string; the caller frees the result. */
char *utf8_dup(const char *in);
