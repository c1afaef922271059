/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <time.h>

#include "util/clock.h"
#include "util/mem.h"
#include "cli/text.h"

/* Frees `got`. */
static void is(char *got, const char *expected)
{
	assert_string_equal(got, expected);
	free(got);
}

static void safe(void **state)
{
	is(text_safe("/caf\xc3\xa9 \xf0\x9f\x8d\x85/a\\b"), "/caf\xc3\xa9 \xf0\x9f\x8d\x85/a\\b");
	is(text_safe("a\nb\tc\rd\033[2J"), "a\\nb\\tc\\rd\\e[2J");
	is(text_safe("\x01\x7f"), "\\x01\\x7f");
	is(text_safe("caf\xe9"), "caf\\xe9");
	is(text_safe("\xe2\x80"), "\\xe2\\x80");
	is(text_safe("\xc2\x9b"
		     "31m"),
		"\\u009b31m");
	is(text_safe("a\xe2\x80\xae"
		     "cod"),
		"a\\u202ecod");
	is(text_safe("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	is(text_safe("\xff\xff\xff"), "\\xff\\xff\\xff");
	is(text_safe(""), "");
}

static void msec(void **state)
{
	is(text_msec(0), "0.0 ms");
	is(text_msec(99), "0.0 ms");
	is(text_msec(41250), "41.2 ms");
	is(text_msec(1234567), "1234.5 ms");
}

static void clock_tells_the_day_only_if_needed(void **state)
{
	uint64_t noon = UINT64_C(1795348800) * CLOCK_USEC_PER_SEC; /* 2026-11-22 12:00 UTC */

	setenv("TZ", "UTC0", 1);
	tzset();
	is(text_clock(noon + 418999, noon), "12:00:00.418");
	is(text_clock(noon, noon + 11 * 3600 * CLOCK_USEC_PER_SEC), "12:00:00.000");
	is(text_clock(noon, noon + 12 * 3600 * CLOCK_USEC_PER_SEC), "2026-11-22 12:00:00.000");
}

static void count(void **state)
{
	is(text_count(0, "tab"), "0 tabs");
	is(text_count(1, "tab"), "1 tab");
	is(text_count(12, "browser"), "12 browsers");
}

static void name(void **state)
{
	is(text_name("/p/a/b.css", "/p"), "a/b.css");
	is(text_name("/p/a/b.css", NULL), "/p/a/b.css");
	is(text_name("/pa/b.css", "/p"), "/pa/b.css");
	is(text_name("/p", "/p"), "/p");
	is(text_name("/a", "/"), "/a");
	is(text_name("file:///p/caf%E9", "/p"), "caf\\xe9");
	is(text_name("file:///p%E9/a%0Ab", "file:///p%E9"), "a\\nb");
	is(text_name("no name", "/p"), "no name");
}

static void home(void **state)
{
	is(text_home("/home/me/src", "/home/me"), "~/src");
	is(text_home("/home/me", "/home/me"), "~");
	is(text_home("/home/melanie", "/home/me"), "/home/melanie");
	is(text_home("/srv", "/"), "/srv");
	is(text_home("/srv", NULL), "/srv");
	is(text_home("/srv", ""), "/srv");
}

static void wrap(void **state)
{
	is(text_wrap("one two three", 80, 4, 4), "one two three");
	is(text_wrap("one two three", 11, 4, 4), "one two\n    three");
	is(text_wrap("one two three", 10, 4, 4), "one\n    two\n    three");
	is(text_wrap("unbreakable", 5, 2, 2), "unbreakable");
	is(text_wrap("\xc3\xa9\xc3\xa9\xc3\xa9 b", 7, 2, 2), "\xc3\xa9\xc3\xa9\xc3\xa9 b");
	is(text_wrap("  a   b  ", 80, 0, 0), "a b");
	is(text_wrap("", 80, 4, 4), "");
	is(text_wrap("a b c d", 1, 30, 0),
		"a\n                              b\n                              c\n"
		"                              d");
}

static void shorten(void **state)
{
	is(text_shorten("/a/b/c/d/e/f.css", 16), "/a/b/c/d/e/f.css");
	is(text_shorten("/a/b/c/d/e/ff.css", 16), ".../c/d/e/ff.css");
	is(text_shorten("/a/b/c/d/e/\xc3\xa9\xc3\xa9.css", 16), ".../c/d/e/\xc3\xa9\xc3\xa9.css");
	is(text_shorten("/\xc3\xa9\xc3\xa9\xc3\xa9/c/d/e/ff.css", 16), ".../c/d/e/ff.css");
	is(text_shorten("0123456789abcdef", 0), "...789abcdef");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(safe),
		cmocka_unit_test(msec),
		cmocka_unit_test(clock_tells_the_day_only_if_needed),
		cmocka_unit_test(count),
		cmocka_unit_test(name),
		cmocka_unit_test(home),
		cmocka_unit_test(wrap),
		cmocka_unit_test(shorten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
