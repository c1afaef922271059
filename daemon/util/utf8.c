/* SPDX-License-Identifier: MIT */
#include "util/utf8.h"

#include "util/mem.h"

size_t utf8_character(const char *at, size_t left)
{
	static const struct {
		unsigned char first_low, first_high, second_low, second_high, length;
	} rows[] = {
		{0x01, 0x7f, 0, 0, 1},
		{0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	const unsigned char *p = (const unsigned char *)at;
	size_t row = 0;

	while (row < COUNT_OF(rows) && left &&
		(p[0] < rows[row].first_low || p[0] > rows[row].first_high)) {
		row++;
	}
	if (row == COUNT_OF(rows) || left < rows[row].length) {
		return 0;
	}
	if (rows[row].length > 1 &&
		(p[1] < rows[row].second_low || p[1] > rows[row].second_high)) {
		return 0;
	}
	for (size_t k = 2; k < rows[row].length; k++) {
		if ((p[k] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return rows[row].length;
}

bool utf8_is_valid(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t n = utf8_character(bytes + i, length - i);

		if (n == 0) {
			return false;
		}
		i += n;
	}
	return true;
}

void utf8_copy(char *out, size_t size, const char *in, size_t length)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *end = out + size - 1;

	for (size_t i = 0; i < length;) {
		size_t n = utf8_character(in + i, length - i);
		const char *from = n ? in + i : replacement;
		size_t bytes = n ? n : strlen(replacement);

		if (bytes > (size_t)(end - out)) {
			break;
		}
		out = mempcpy(out, from, bytes);
		i += n ? n : 1;
	}
	*out = '\0';
}

char *utf8_dup(const char *in)
{
	size_t length = strlen(in);
	char *out = mem_alloc(3 * length + 1);

	utf8_copy(out, 3 * length + 1, in, length);
	return out;
}
