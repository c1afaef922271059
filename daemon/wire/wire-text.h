/* SPDX-License-Identifier: MIT */
#pragma once

/* Bytes from anywhere, as UTF-8. */

#include <stddef.h>

/* How many bytes at `at` are one well-formed character; 0: none. A NUL is none. */
size_t wire_text_character(const char *at, size_t left);

/*
 * Copies what fits into `out`, which holds `size` bytes and always ends with a
 * NUL. Never cuts a character; a byte that is no UTF-8 becomes U+FFFD.
 */
void wire_text_copy(char *out, size_t size, const char *in, size_t length);
