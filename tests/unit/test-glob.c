/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "project/glob.h"
#include "util/clock.h"
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

/* What takes other matchers longer than the universe lasts. */
static void hostile_patterns_take_no_time(void **state)
{
	char pattern[GLOB_MAX + 1], name[4096];
	uint64_t began = clock_now_usec();

	for (size_t i = 0; i < GLOB_MAX; i++) {
		pattern[i] = "*a"[i % 2];
	}
	pattern[GLOB_MAX - 1] = 'b';
	pattern[GLOB_MAX] = '\0';
	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_false(glob_matches(pattern, name));
	assert_in_range(clock_now_usec() - began, 0, 500 * CLOCK_USEC_PER_MSEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_fit),
		cmocka_unit_test(bad_patterns),
		cmocka_unit_test(the_length_is_bounded),
		cmocka_unit_test(hostile_patterns_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
