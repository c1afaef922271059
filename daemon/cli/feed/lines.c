/* SPDX-License-Identifier: MIT */
#include "cli/feed/lines.h"

#include "util/mem.h"

static void lines_end(
	struct lines *lines, char *line, size_t length, lines_fn *each, void *userdata)
{
	bool too_long = lines->too_long || length > LINE_MAX_BYTES;

	lines->number++;
	lines->kept_length = 0;
	lines->too_long = false;
	if (too_long) {
		length = 0;
	}
	line[length] = '\0';
	each(too_long ? LINE_TOO_LONG : LINE_WHOLE, line, length, lines->number, userdata);
}

static void lines_keep(struct lines *lines, const char *bytes, size_t length)
{
	if (lines->too_long || length > LINE_MAX_BYTES - lines->kept_length) {
		lines->too_long = true;
		lines->kept_length = 0;
		return;
	}
	memcpy(lines->kept + lines->kept_length, bytes, length);
	lines->kept_length += length;
}

void lines_feed(struct lines *lines, char *bytes, size_t length, lines_fn *each, void *userdata)
{
	while (length) {
		char *end = memchr(bytes, '\n', length);
		size_t n = end ? (size_t)(end - bytes) : length;

		if (!end) {
			lines_keep(lines, bytes, n);
			return;
		}
		if (lines->kept_length || lines->too_long) {
			lines_keep(lines, bytes, n);
			lines_end(lines, lines->kept, lines->kept_length, each, userdata);
		} else {
			lines_end(lines, bytes, n, each, userdata);
		}
		bytes += n + 1;
		length -= n + 1;
	}
}

void lines_finish(struct lines *lines, lines_fn *each, void *userdata)
{
	if (lines->kept_length || lines->too_long) {
		lines_end(lines, lines->kept, lines->kept_length, each, userdata);
	}
}
