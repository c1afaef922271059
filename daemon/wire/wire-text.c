/* SPDX-License-Identifier: MIT */
#include "wire/wire-text.h"

#include <string.h>

#include "base/pathname.h"

static const char replacement[] = "\xef\xbf\xbd";

size_t wire_text_character(const char *at, size_t left)
{
	for (size_t n = 1; n <= 4 && n <= left; n++) {
		if (pathname_is_utf8(at, n)) {
			return n;
		}
	}
	return 0;
}

void wire_text_copy(char *out, size_t size, const char *in, size_t length)
{
	char *end = out + size - 1;

	for (size_t i = 0; i < length;) {
		size_t n = wire_text_character(in + i, length - i);
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
