/* SPDX-License-Identifier: MIT */
#include "cli/input-lines.h"

#include "util/mem.h"

static void input_lines_end(
	struct input_lines *lines, char *line, size_t length, input_lines_fn *each, void *userdata)
{
	bool too_long = lines->too_long || length > INPUT_LINE_MAX_BYTES;

	lines->number++;
	lines->kept_length = 0;
	lines->too_long = false;
	if (too_long) {
		length = 0;
	}
	line[length] = '\0';
	each(too_long ? INPUT_LINE_TOO_LONG : INPUT_LINE_WHOLE, line, length, lines->number,
		userdata);
}

static void input_lines_keep(struct input_lines *lines, const char *bytes, size_t length)
{
	if (lines->too_long || length > INPUT_LINE_MAX_BYTES - lines->kept_length) {
		lines->too_long = true;
		lines->kept_length = 0;
		return;
	}
	memcpy(lines->kept + lines->kept_length, bytes, length);
	lines->kept_length += length;
}

void input_lines_feed(
	struct input_lines *lines, char *bytes, size_t length, input_lines_fn *each, void *userdata)
{
	while (length) {
		char *end = memchr(bytes, '\n', length);
		size_t n = end ? (size_t)(end - bytes) : length;

		if (!end) {
			input_lines_keep(lines, bytes, n);
			return;
		}
		if (lines->kept_length || lines->too_long) {
			input_lines_keep(lines, bytes, n);
			input_lines_end(lines, lines->kept, lines->kept_length, each, userdata);
		} else {
			input_lines_end(lines, bytes, n, each, userdata);
		}
		bytes += n + 1;
		length -= n + 1;
	}
}

void input_lines_finish(struct input_lines *lines, input_lines_fn *each, void *userdata)
{
	if (lines->kept_length || lines->too_long) {
		input_lines_end(lines, lines->kept, lines->kept_length, each, userdata);
	}
}
