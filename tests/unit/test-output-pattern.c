/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/output-pattern.h"
#include "util/mem.h"

static void patterns_match_paths(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} rows[] = {
		{"dist/**", "dist/a.js", true},
		{"dist/**", "dist/deep/er/a.js", true},
		{"dist/**", "dist", false},
		{"dist/**", "distant/a.js", false},
		{"dist/", "dist/deep/a.js", true},
		{"dist/", "dist", false},
		{"static/css/*.css", "static/css/a.css", true},
		{"static/css/*.css", "static/css/a.css.map", false},
		{"static/css/*.css", "static/css/deep/a.css", false},
		{"**/*.css", "a.css", true},
		{"**/*.css", "x/y/a.css", true},
		{"**/*.css", "x/y/a.js", false},
		{"pkg/*/out/**/*.js", "pkg/one/out/a.js", true},
		{"pkg/*/out/**/*.js", "pkg/one/two/out/a.js", false},
		{"bundle.js", "bundle.js", true},
		{"bundle.js", "x/bundle.js", false},
		{"dist", "dist/deep/a.js", true},
		{"*.js", "x/bundle.js", false},
		{"b[au]ndle.?s", "bundle.js", true},
		{"a\\*b", "a*b", true},
		{"a\\*b", "axb", false},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (output_pattern_matches(rows[i].pattern, rows[i].path) != rows[i].matches) {
			fail_msg("%s %s", rows[i].pattern, rows[i].path);
		}
	}
}

static void patterns_have_a_base(void **state)
{
	static const struct {
		const char *pattern, *base;
		bool deep;
	} rows[] = {
		{"dist/**", "dist", true},
		{"dist/", "dist", true},
		{"static/css/*.css", "static/css", false},
		{"**/*.css", "", true},
		{"bundle.js", "", false},
		{"pkg/*/out/x.js", "pkg", true},
		{"a/b/c.js", "a/b", false},
		{"a/b*/c", "a", true},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_free_ char *base = output_pattern_base(rows[i].pattern);

		assert_string_equal(base, rows[i].base);
		assert_int_equal(output_pattern_is_deep(rows[i].pattern), rows[i].deep);
		assert_true(output_pattern_is_good(rows[i].pattern));
	}
}

static void patterns_stay_below_the_root(void **state)
{
	static const char *const bad[] = {"", "/etc/*", "../x", "a/../b", "a//b", "./a", "a[b", "a\\"};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(output_pattern_is_good(bad[i]));
	}
	assert_true(output_pattern_is_good("**/**/**/**/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_paths),
		cmocka_unit_test(patterns_have_a_base),
		cmocka_unit_test(patterns_stay_below_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
