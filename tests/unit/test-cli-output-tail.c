/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "util/mem.h"
#include "cli/child.h"

static char *text_of(const char *bytes)
{
	struct output_tail tail = {0};

	output_tail_add(&tail, bytes, strlen(bytes));
	return output_tail_text(&tail);
}

static void escape_sequences_are_left_out(void **state)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"plain\ntext\n", "plain\ntext\n"},
		{"\033[1;31merror\033[0m: no\a\n", "error: no\n"},
		{"\033]0;title\007\033]8;;url\033\\link\n", "link\n"},
		{" 10%\r 50%\r100%\ndos\r\n", "100%\ndos\n"},
		{"caf\xe9\n", "caf\xef\xbf\xbd\n"},
		{"cut \033[3", "cut "},
		{"cut \033", "cut "},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_free_ char *text = text_of(rows[i][0]);

		assert_string_equal(text, rows[i][1]);
	}
}

static void the_end_is_kept(void **state)
{
	struct output_tail tail = {0};
	_cleanup_free_ char *text = NULL;
	char large[3 * OUTPUT_TAIL_BYTES_MAX];

	for (int i = 0; i < 2000; i++) {
		char line[16];

		output_tail_add(&tail, line, (size_t)snprintf(line, sizeof line, "line %d\n", i));
	}
	assert_int_equal(tail.length, OUTPUT_TAIL_BYTES_MAX);
	text = output_tail_text(&tail);
	assert_memory_equal(text, "line ", 5);
	assert_string_equal(text + strlen(text) - 10, "line 1999\n");
	memset(large, 'x', sizeof large);
	output_tail_add(&tail, large, sizeof large);
	assert_int_equal(tail.length, OUTPUT_TAIL_BYTES_MAX);
	assert_int_equal(tail.bytes[0], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escape_sequences_are_left_out),
		cmocka_unit_test(the_end_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
