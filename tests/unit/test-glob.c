/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>
#include <time.h>

#include "project/glob.h"
#include "util/mem.h"

static const struct {
	const char *pattern, *name;
	bool fits;
} rows[] = {
	{"*.css", "a.css", true},
	{"*.css", "deep/er/a.css", true},
	{"*.css", "a.css.map", false},
	{"*.css", "a.css/x", true},
	{"a*", "ab/c", true},
	{"dist", "dist", true},
	{"dist", "src/dist/x.js", true},
	{"dist", "distant", false},
	{"dist/", "dist", false},
	{"dist/", "dist/x", true},
	{"dist/", "src/dist/x", true},
	{"/dist", "dist/x", true},
	{"/dist", "src/dist/x", false},
	{"/dist/", "dist/x", true},
	{"src/*.js", "src/a.js", true},
	{"src/*.js", "src/deep/a.js", false},
	{"src/*.js", "x/src/a.js", false},
	{"src/**/*.js", "src/a.js", true},
	{"src/**/*.js", "src/b/c/a.js", true},
	{"src/**/*.js", "srcs/a.js", false},
	{"src/**", "src", false},
	{"src/**", "src/a", true},
	{"src/**", "src/a/b", true},
	{"**/a.js", "a.js", true},
	{"**/a.js", "x/y/a.js", true},
	{"**/a.js", "x/ya.js", false},
	{"**", "any/thing", true},
	{"**/", "any/thing", true},
	{"**/", "thing", false},
	{"a**b", "aXXb", true},
	{"a**b", "a/b", false},
	{"/a**b", "a/b", false},
	{"?.js", "a.js", true},
	{"?.js", "ab.js", false},
	{"/?", "/", false},
	{"[a-c].js", "b.js", true},
	{"[a-c].js", "d.js", false},
	{"[!a-c].js", "d.js", true},
	{"[^a-c].js", "b.js", false},
	{"/x[!a]y", "x/y", false},
	{"[]].js", "].js", true},
	{"[!]].js", "].js", false},
	{"[]-a].js", "_.js", true},
	{"[\\]].js", "].js", true},
	{"[a-].js", "-.js", true},
	{"\\*.js", "*.js", true},
	{"\\*.js", "a.js", false},
	{"\\[a", "[a", true},
	{"caf\xe9", "caf\xe9", true},
	{"*", "caf\xe9", true},
	{"a", "", false},
	{"*", "", true},
};

static void patterns_fit(void **state)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *why = NULL;

		if (!glob_check(rows[i].pattern, &why)) {
			fail_msg("%s: %s", rows[i].pattern, why);
		}
		if (glob_matches(rows[i].pattern, rows[i].name) != rows[i].fits) {
			fail_msg("%s, %s", rows[i].pattern, rows[i].name);
		}
	}
}

static void bad_patterns(void **state)
{
	static const char *const patterns[] = {"", "/", "[", "a[b", "[]", "[!]", "[a\\]", "\\", "a\\"};

	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		const char *why = NULL;

		assert_false(glob_check(patterns[i], &why));
		assert_non_null(why);
		assert_false(glob_matches(patterns[i], patterns[i]));
	}
}

static void the_length_is_bounded(void **state)
{
	char pattern[GLOB_MAX + 2];
	const char *why = NULL;

	memset(pattern, 'x', sizeof pattern);
	pattern[GLOB_MAX] = '\0';
	assert_true(glob_check(pattern, &why));
	assert_true(glob_matches(pattern, pattern));
	pattern[GLOB_MAX] = 'x';
	pattern[GLOB_MAX + 1] = '\0';
	assert_false(glob_check(pattern, &why));
}

static void the_stars_are_bounded(void **state)
{
	_cleanup_free_ char *most = mem_strdup("*1*2*3*4*5*6*7*8*9*a*b*c*d*e*/*f");
	_cleanup_free_ char *more = mem_printf("%s*", most);
	const char *why = NULL;

	assert_true(glob_check(most, &why));
	assert_true(glob_matches(most, "1x2345678xx9abcdexx/yf"));
	assert_false(glob_check(more, &why));
	assert_string_equal(why, "a pattern must have at most 16 stars");
}

/* Patterns that take a backtracking matcher almost forever: as many as a project can have. */
static void hostile_patterns_do_not_backtrack_forever(void **state)
{
	static const char *const patterns[] = {"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
		"**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/b",
		"*/*/*/*/**/*/*/*/*/b", "**a**a**a**a**a**a**a**b"};
	char name[4096];
	clock_t began = clock();

	for (int slashes = 0; slashes < 2; slashes++) {
		for (size_t i = 0; i < sizeof name - 1; i++) {
			name[i] = slashes && i % 2 ? '/' : 'a';
		}
		name[sizeof name - 1] = '\0';
		for (int rules = 0; rules < 64; rules++) {
			for (size_t i = 0; i < COUNT_OF(patterns); i++) {
				const char *why = NULL;

				assert_true(glob_check(patterns[i], &why));
				assert_false(glob_matches(patterns[i], name));
			}
		}
	}
	/* CPU time, not wall-clock time: 80 ms here, and days with a backtracking matcher. */
	assert_in_range(clock() - began, 0, 5 * CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_fit),
		cmocka_unit_test(bad_patterns),
		cmocka_unit_test(the_length_is_bounded),
		cmocka_unit_test(the_stars_are_bounded),
		cmocka_unit_test(hostile_patterns_do_not_backtrack_forever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
