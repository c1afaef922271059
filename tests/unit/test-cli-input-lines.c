/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "cli/input-lines.h"

struct seen {
	char text[256];
	size_t lines, too_long, longest;
	uint64_t number;
};

/* Joins the lines with "|"; a NUL in a line is shown as "0". */
static void see(enum input_line_kind kind, char *line, size_t length, uint64_t number, void *userdata)
{
	struct seen *seen = userdata;

	assert_int_equal(line[length], '\0');
	seen->lines++;
	seen->number = number;
	if (kind == INPUT_LINE_TOO_LONG) {
		assert_int_equal(length, 0);
		seen->too_long++;
		strcat(seen->text, "<long>|");
		return;
	}
	if (length > seen->longest) {
		seen->longest = length;
	}
	if (length < 64) {
		size_t at = strlen(seen->text);

		for (size_t i = 0; i < length; i++) {
			seen->text[at++] = line[i] ? line[i] : '0';
		}
		strcpy(seen->text + at, "|");
	}
}

static void feed_in_parts(const char *bytes, size_t length, size_t part, const char *expected)
{
	struct input_lines lines = {.number = 0};
	struct seen seen = {.lines = 0};

	for (size_t i = 0; i < length; i += part) {
		size_t n = length - i < part ? length - i : part;
		_cleanup_free_ char *copy = mem_alloc(n);

		memcpy(copy, bytes + i, n);
		input_lines_feed(&lines, copy, n, see, &seen);
	}
	input_lines_finish(&lines, see, &seen);
	assert_string_equal(seen.text, expected);
}

static void lines_do_not_depend_on_the_parts(void **state)
{
	static const char text[] = "/a\n\n/b c\r\n\xe9\n/d\0e\nlast";

	for (size_t part = 1; part <= sizeof text; part++) {
		feed_in_parts(text, sizeof text - 1, part, "/a||/b c\r|\xe9|/d0e|last|");
	}
	feed_in_parts("", 0, 1, "");
	feed_in_parts("\n", 1, 1, "|");
	feed_in_parts("a\n", 2, 2, "a|");
}

/* A line of `length` bytes between two short ones, read in parts. */
static struct seen feed_long(size_t length, size_t part)
{
	struct input_lines lines = {.number = 0};
	struct seen seen = {.lines = 0};
	_cleanup_free_ char *bytes = mem_alloc(length + 6);

	memcpy(bytes, "a\n", 2);
	memset(bytes + 2, 'x', length);
	memcpy(bytes + 2 + length, "\nb\n", 3);
	for (size_t i = 0; i < length + 5; i += part) {
		input_lines_feed(&lines, bytes + i, length + 5 - i < part ? length + 5 - i : part, see,
			&seen);
	}
	input_lines_finish(&lines, see, &seen);
	return seen;
}

static void a_long_line_is_skipped(void **state)
{
	static const size_t parts[] = {100000, 4096, 1000, 7};

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		struct seen seen = feed_long(INPUT_LINE_MAX_BYTES, parts[i]);

		assert_int_equal(seen.too_long, 0);
		assert_int_equal(seen.longest, INPUT_LINE_MAX_BYTES);
		seen = feed_long(INPUT_LINE_MAX_BYTES + 1, parts[i]);
		assert_string_equal(seen.text, "a|<long>|b|");
		assert_int_equal(seen.number, 3);
		seen = feed_long(70000, parts[i]);
		assert_string_equal(seen.text, "a|<long>|b|");
	}
}

static void a_long_last_line_is_reported(void **state)
{
	struct input_lines lines = {.number = 0};
	struct seen seen = {.lines = 0};
	char bytes[1000];

	for (int i = 0; i < 1000; i++) {
		memset(bytes, 'x', sizeof bytes);
		input_lines_feed(&lines, bytes, sizeof bytes, see, &seen);
	}
	assert_int_equal(seen.lines, 0);
	input_lines_finish(&lines, see, &seen);
	assert_string_equal(seen.text, "<long>|");
	input_lines_finish(&lines, see, &seen);
	assert_int_equal(seen.lines, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_do_not_depend_on_the_parts),
		cmocka_unit_test(a_long_line_is_skipped),
		cmocka_unit_test(a_long_last_line_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
