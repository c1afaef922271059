/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>

#include "browser/extensions.h"
#include "util/mem.h"

#define FOX "moz-extension://11111111-2222-4333-8444-55555555555"

static const char *code_of(const struct extensions *extensions, const char *origin)
{
	for (size_t i = 0; i < extensions->count; i++) {
		if (strcmp(extensions->items[i].origin, origin) == 0) {
			return extensions->items[i].code;
		}
	}
	return "";
}

static void ours_and_the_first_of_firefox_are_accepted(void **state)
{
	struct extensions extensions = {0};

	assert_int_equal(extensions_meet(&extensions, EXTENSION_OURS, "Chromium 156"), EXTENSION_MAY);
	assert_int_equal(extensions_meet(&extensions, "chrome-extension://a", "Chromium 156"),
		EXTENSION_WAITS);
	assert_int_equal(extensions_meet(&extensions, FOX "1", "Firefox 153"), EXTENSION_FIRST);
	assert_int_equal(extensions_meet(&extensions, FOX "1", "Firefox 153"), EXTENSION_MAY);
	assert_int_equal(extensions_meet(&extensions, FOX "2", "Firefox 153"), EXTENSION_WAITS);
	assert_int_equal(extensions_meet(&extensions, FOX "2", "Firefox 153"), EXTENSION_WAITS);
	assert_int_equal(extensions.count, 3);

	assert_true(extensions_confirm(&extensions, code_of(&extensions, FOX "2")));
	assert_int_equal(extensions_meet(&extensions, FOX "2", "Firefox 153"), EXTENSION_MAY);
	/* With the first one forgotten, the next is not a first one. */
	extensions_remove(&extensions, code_of(&extensions, FOX "1"));
	assert_int_equal(extensions_meet(&extensions, FOX "1", "Firefox 153"), EXTENSION_WAITS);
	assert_false(extensions_confirm(&extensions, "0000-0000"));
	extensions_remove(&extensions, "0000-0000");
	extensions_clear(&extensions);
}

static void accepted_extensions_are_stored(void **state)
{
	struct extensions extensions = {0}, again = {0};
	_cleanup_free_ char *text = NULL, *why = NULL;

	extensions_meet(&extensions, FOX "1", "Fire\xff");
	extensions_meet(&extensions, FOX "2", "Firefox 153");
	text = extensions_write(&extensions);
	assert_int_equal(extensions_read(&again, text, strlen(text), &why), 0);
	assert_int_equal(again.count, 1);
	assert_string_equal(again.items[0].browser, "Fire\xef\xbf\xbd");
	assert_int_equal(extensions_meet(&again, FOX "1", ""), EXTENSION_MAY);
	assert_int_equal(extensions_meet(&again, FOX "3", ""), EXTENSION_WAITS);
	extensions_clear(&extensions);
	extensions_clear(&again);
}

static void the_list_is_bounded(void **state)
{
	struct extensions extensions = {0};

	for (unsigned i = 0; i < EXTENSIONS_MAX; i++) {
		_cleanup_free_ char *origin = mem_printf("chrome-extension://k%u", i);

		extensions_meet(&extensions, origin, "");
		assert_true(extensions_confirm(&extensions, code_of(&extensions, origin)));
	}
	for (unsigned i = 0; i < 1000; i++) {
		_cleanup_free_ char *origin = mem_printf("chrome-extension://w%u", i);

		extensions_meet(&extensions, origin, "");
	}
	assert_int_equal(extensions.count, EXTENSIONS_MAX + EXTENSIONS_WAITING_MAX);
	assert_false(extensions_confirm(&extensions, code_of(&extensions, "chrome-extension://w999")));
	assert_string_equal(code_of(&extensions, "chrome-extension://w0"), "");
	extensions_clear(&extensions);
}

static void bad(const char *text)
{
	struct extensions extensions = {0};
	_cleanup_free_ char *why = NULL;

	assert_int_equal(extensions_read(&extensions, text, strlen(text), &why), -EINVAL);
	assert_non_null(why);
	extensions_clear(&extensions);
}

static void a_damaged_file_knows_no_extension(void **state)
{
	struct extensions extensions = {0};
	_cleanup_free_ char *why = NULL;
	static const char odd[] =
		"{\"version\": 1, \"extensions\": [1, {}, {\"origin\": \"http://evil.test\", "
		"\"browser\": \"x\"}, {\"origin\": \"chrome-extension://a\"}]}";

	bad("");
	bad("[]");
	bad("{\"version\": 1}");
	bad("{\"version\": 2, \"extensions\": []}");
	assert_int_equal(extensions_read(&extensions, odd, strlen(odd), &why), 0);
	assert_int_equal(extensions.count, 0);
}

static void the_code_is_the_one_of_the_popup(void **state)
{
	char code[PROOF_CODE_DIGITS + 1];

	proof_origin_code(EXTENSION_OURS, code);
	assert_string_equal(code, "4231-d13d"); /* as in tests/js/proof.test.js */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_and_the_first_of_firefox_are_accepted),
		cmocka_unit_test(accepted_extensions_are_stored),
		cmocka_unit_test(the_list_is_bounded),
		cmocka_unit_test(a_damaged_file_knows_no_extension),
		cmocka_unit_test(the_code_is_the_one_of_the_popup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
