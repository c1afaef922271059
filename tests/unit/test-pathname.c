/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>

#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"

static void good(const char *text, const char *expected)
{
	_cleanup_free_ char *name = NULL;
	const char *why = NULL;

	assert_int_equal(pathname_from_text(text, &name, &why), 0);
	assert_string_equal(name, expected);
}

static void bad(const char *text, int error, const char *part_of_why)
{
	char *name = NULL;
	const char *why = NULL;

	assert_int_equal(pathname_from_text(text, &name, &why), error);
	assert_null(name);
	assert_non_null(strstr(why, part_of_why));
}

static void from_text(void **state)
{
	good("/", "/");
	good("/a", "/a");
	good("/a/b.css", "/a/b.css");
	good("/a/b/", "/a/b");
	good("/a/...", "/a/...");
	good("/a/..b/.c", "/a/..b/.c");
	good("/a b/%41", "/a b/%41");
	good("file:///a%20b/%E9", "/a b/\xe9");
	good("FILE:/a", "/a");
	good("file://localhost/a", "/a");
	good("file:///a%0Ab", "/a\nb");

	bad("", -EINVAL, "empty");
	bad("a.css", -EINVAL, "absolute");
	bad("/a//b", -EINVAL, "component");
	bad("//a", -EINVAL, "component");
	bad("/a/./b", -EINVAL, "component");
	bad("/a/..", -EINVAL, "component");
	bad("file:///a/%2e%2E/b", -EINVAL, "component");
	bad("file:///a%00", -EINVAL, "%00");
	bad("file:///a%0", -EINVAL, "hex");
	bad("file:///a%zz", -EINVAL, "hex");
	bad("file:///a?b", -EINVAL, "query");
	bad("file://example.test/a", -EINVAL, "this machine");
	bad("file:", -EINVAL, "empty");
	bad("http://localhost/", -EINVAL, "absolute");
}

static void from_text_length(void **state)
{
	char longest[PATHNAME_MAX + 2];

	memset(longest, 'x', sizeof longest);
	longest[0] = '/';
	longest[PATHNAME_MAX] = '\0';
	good(longest, longest);
	longest[PATHNAME_MAX] = 'x';
	longest[PATHNAME_MAX + 1] = '\0';
	bad(longest, -ENAMETOOLONG, "4095");
}

static void to_text_round_trips(void **state)
{
	static const char *const names[] = {"/", "/a b", "/caf\xc3\xa9", "/caf\xe9", "/a\nb\xff%",
		"/\xed\xa0\x80", "/\xf4\x90\x80\x80", "/\xc0\xaf", "/\xf0\x9f\x8d\x85"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		_cleanup_free_ char *text = pathname_to_text(names[i]);

		assert_true(utf8_is_valid(text, strlen(text)));
		good(text, names[i]);
	}
}

static void text_is_the_plain_path_if_it_is_utf8(void **state)
{
	_cleanup_free_ char *plain = pathname_to_text("/caf\xc3\xa9 %41");
	_cleanup_free_ char *uri = pathname_to_text("/caf\xe9");

	assert_string_equal(plain, "/caf\xc3\xa9 %41");
	assert_string_equal(uri, "file:///caf%E9");
}

static void label(void **state)
{
	_cleanup_free_ char *plain = pathname_label("/home/me/potato");
	_cleanup_free_ char *root = pathname_label("/");
	_cleanup_free_ char *broken = pathname_label("/x/caf\xe9!");

	assert_string_equal(plain, "potato");
	assert_string_equal(root, "/");
	assert_string_equal(broken, "caf\xef\xbf\xbd!");
}

static void below(void **state)
{
	assert_true(pathname_is_below("/a/b", "/a"));
	assert_true(pathname_is_below("/a", "/a"));
	assert_true(pathname_is_below("/a", "/"));
	assert_false(pathname_is_below("/ab", "/a"));
	assert_false(pathname_is_below("/", "/a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_text),
		cmocka_unit_test(from_text_length),
		cmocka_unit_test(to_text_round_trips),
		cmocka_unit_test(text_is_the_plain_path_if_it_is_utf8),
		cmocka_unit_test(label),
		cmocka_unit_test(below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
