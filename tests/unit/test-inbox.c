/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "websocket/inbox.h"

static char tildes[2 * INBOX_MESSAGE_MAX];

/* The text arrives in parts. */
static enum inbox_state add(struct inbox *inbox, const char *part, size_t length, size_t announced,
	bool last, const char *expected)
{
	_cleanup_free_ char *owned = NULL;
	const char *text = NULL;
	size_t text_length = 0;
	enum inbox_state state =
		inbox_add(inbox, part, length, announced, last, &text, &text_length, &owned);

	if (expected) {
		assert_int_equal(state, INBOX_COMPLETE);
		assert_int_equal(text_length, strlen(expected));
		assert_memory_equal(text, expected, text_length);
	}
	return state;
}

static void parts_are_joined(void **state)
{
	struct inbox inbox = {0};

	add(&inbox, "whole", 5, 0, true, "whole");
	add(&inbox, "", 0, 0, true, "");
	assert_int_equal(add(&inbox, "a", 1, 2, false, NULL), INBOX_MORE);
	assert_int_equal(add(&inbox, "", 0, 2, false, NULL), INBOX_MORE);
	assert_int_equal(add(&inbox, "b\xc3", 2, 0, false, NULL), INBOX_MORE);
	add(&inbox, "\xa9", 1, 0, true, "ab\xc3\xa9");
	add(&inbox, "next", 4, 0, true, "next");
	inbox_clear(&inbox);
}

static void parts_have_a_limit(void **state)
{
	struct inbox inbox = {0};

	memset(tildes, '~', sizeof tildes);
	assert_int_equal(add(&inbox, tildes, INBOX_MESSAGE_MAX, 0, true, NULL), INBOX_COMPLETE);
	assert_int_equal(add(&inbox, tildes, INBOX_MESSAGE_MAX + 1, 0, true, NULL), INBOX_TOO_BIG);
	assert_int_equal(add(&inbox, tildes, 1, INBOX_MESSAGE_MAX, false, NULL), INBOX_TOO_BIG);
	assert_int_equal(add(&inbox, tildes, 1, SIZE_MAX, false, NULL), INBOX_TOO_BIG);
	assert_int_equal(add(&inbox, tildes, INBOX_MESSAGE_MAX - 1, 0, false, NULL), INBOX_MORE);
	assert_int_equal(add(&inbox, tildes, 2, 0, true, NULL), INBOX_TOO_BIG);
	assert_int_equal(add(&inbox, tildes, 1, 0, true, NULL), INBOX_COMPLETE);
	assert_int_equal(add(&inbox, tildes, 9, 0, false, NULL), INBOX_MORE);
	inbox_clear(&inbox);
	assert_null(inbox.bytes);
}

static void parts_must_be_utf8(void **state)
{
	struct inbox inbox = {0};

	assert_int_equal(add(&inbox, "\xff", 1, 0, true, NULL), INBOX_NOT_UTF8);
	assert_int_equal(add(&inbox, "a\xc3", 2, 0, true, NULL), INBOX_NOT_UTF8);
	assert_int_equal(add(&inbox, "\xed\xa0\x80", 3, 0, true, NULL), INBOX_NOT_UTF8);
	assert_int_equal(add(&inbox, "a\0\xff", 3, 0, true, NULL), INBOX_NOT_UTF8);
	assert_int_equal(add(&inbox, "\0a\0", 3, 0, true, NULL), INBOX_COMPLETE);
	assert_int_equal(add(&inbox, "\xc3", 1, 0, false, NULL), INBOX_MORE);
	assert_int_equal(add(&inbox, "(", 1, 0, true, NULL), INBOX_NOT_UTF8);
	add(&inbox, "clean", 5, 0, true, "clean");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_joined),
		cmocka_unit_test(parts_have_a_limit),
		cmocka_unit_test(parts_must_be_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
