/* SPDX-License-Identifier: MIT */
#include "cli/child.h"

#include "util/mem.h"
#include "util/utf8.h"

void output_tail_add(struct output_tail *tail, const char *bytes, size_t length)
{
	size_t kept = tail->length;

	if (length >= OUTPUT_TAIL_BYTES_MAX) {
		bytes += length - OUTPUT_TAIL_BYTES_MAX;
		length = OUTPUT_TAIL_BYTES_MAX;
	}
	if (kept + length > OUTPUT_TAIL_BYTES_MAX) {
		kept = OUTPUT_TAIL_BYTES_MAX - length;
		memmove(tail->bytes, tail->bytes + tail->length - kept, kept);
	}
	memcpy(tail->bytes + kept, bytes, length);
	tail->length = kept + length;
}

/* The length of the escape sequence at `at`, which begins with ESC. */
static size_t escape_length(const char *at, size_t left)
{
	size_t n = 2;

	if (left < 2) {
		return left;
	}
	if (at[1] == '[') {
		while (n < left && (at[n] < 0x40 || at[n] > 0x7e)) {
			n++;
		}
		return n < left ? n + 1 : left;
	}
	if (at[1] == ']') {
		while (n < left && at[n] != '\a' && at[n] != '\033') {
			n++;
		}
		if (n < left && at[n] == '\033') {
			n++;
		}
		return n < left ? n + 1 : left;
	}
	return n;
}

char *output_tail_text(const struct output_tail *tail)
{
	_cleanup_free_ char *plain = mem_alloc(OUTPUT_TAIL_BYTES_MAX + 1);
	const char *at = tail->bytes;
	size_t left = tail->length, length = 0, line = 0;

	if (tail->length == OUTPUT_TAIL_BYTES_MAX) {
		const char *end = memchr(at, '\n', left);

		if (end && end + 1 < at + left) {
			left -= (size_t)(end + 1 - at);
			at = end + 1;
		}
	}
	while (left) {
		size_t n = 1;

		if (*at == '\033') {
			n = escape_length(at, left);
		} else if (*at == '\r' && left > 1 && at[1] != '\n') {
			length = line;
		} else if (*at == '\n' || *at == '\t' || (unsigned char)*at >= ' ') {
			plain[length++] = *at;
			if (*at == '\n') {
				line = length;
			}
		}
		at += n;
		left -= n;
	}
	plain[length] = '\0';
	return utf8_dup(plain);
}
