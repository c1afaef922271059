/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/output-burst.h"
#include "sources/output-pattern.h"
#include "util/mem.h"

static const uint64_t start = 1000 * CLOCK_USEC_PER_SEC;

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

static void a_burst_waits_for_files_that_are_open(void **state)
{
	struct output_burst burst = {0};

	assert_int_equal(output_burst_due(&burst), CLOCK_NEVER);
	output_burst_begun(&burst, "/a", start);
	assert_int_equal(output_burst_due(&burst), CLOCK_NEVER);
	output_burst_written(&burst, "/b", start + 10);
	assert_int_equal(output_burst_due(&burst), start + 10 + OUTPUT_OPEN_MAX_USEC);
	output_burst_begun(&burst, "/a", start + 20);
	output_burst_written(&burst, "/a", start + 30);
	assert_int_equal(output_burst_due(&burst), start + 30 + OUTPUT_QUIET_USEC);
	assert_int_equal(burst.files.count, 2);
	output_burst_taken(&burst, start + 40);
	assert_int_equal(output_burst_due(&burst), CLOCK_NEVER);
	output_burst_clear(&burst);
}

static void a_file_that_stays_open_is_waited_for_once(void **state)
{
	struct output_burst burst = {0};
	uint64_t silent = start + 10 + OUTPUT_OPEN_MAX_USEC;

	output_burst_begun(&burst, "/log", start);
	output_burst_written(&burst, "/a", start + 10);
	output_burst_taken(&burst, silent - 1);
	output_burst_written(&burst, "/a", start + 10);
	assert_int_equal(output_burst_due(&burst), silent);
	output_burst_taken(&burst, silent);
	output_burst_written(&burst, "/a", silent + 10);
	assert_int_equal(output_burst_due(&burst), silent + 10 + OUTPUT_QUIET_USEC);
	/* There is activity again. */
	output_burst_begun(&burst, "/log", silent + 20);
	assert_int_equal(output_burst_due(&burst), silent + 20 + OUTPUT_OPEN_MAX_USEC);
	output_burst_clear(&burst);
}

static void a_burst_that_only_removes_waits_for_more(void **state)
{
	struct output_burst burst = {0};

	output_burst_gone(&burst, "/a", start);
	assert_int_equal(output_burst_due(&burst), start + OUTPUT_GONE_USEC);
	output_burst_begun(&burst, "/a", start + 5);
	output_burst_written(&burst, "/a", start + 10);
	assert_int_equal(output_burst_due(&burst), start + 10 + OUTPUT_QUIET_USEC);
	output_burst_clear(&burst);
}

static void a_burst_ends_even_if_writing_does_not(void **state)
{
	struct output_burst burst = {0};

	for (uint64_t at = 0; at <= 2 * OUTPUT_BURST_MAX_USEC; at += OUTPUT_QUIET_USEC / 2) {
		output_burst_written(&burst, "/a", start + at);
	}
	assert_int_equal(output_burst_due(&burst), start + OUTPUT_BURST_MAX_USEC);
	for (int i = 0; i < 2 * OUTPUT_OPEN_FILES_MAX; i++) {
		_cleanup_free_ char *name = mem_printf("/%d", i);

		output_burst_begun(&burst, name, start);
	}
	assert_int_equal(burst.open_count, OUTPUT_OPEN_FILES_MAX);
	output_burst_clear(&burst);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_paths),
		cmocka_unit_test(patterns_have_a_base),
		cmocka_unit_test(patterns_stay_below_the_root),
		cmocka_unit_test(a_burst_waits_for_files_that_are_open),
		cmocka_unit_test(a_file_that_stays_open_is_waited_for_once),
		cmocka_unit_test(a_burst_that_only_removes_waits_for_more),
		cmocka_unit_test(a_burst_ends_even_if_writing_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
