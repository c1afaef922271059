/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <time.h>

#include "util/mem.h"
#include "cli/event-text.h"

static const uint64_t at_noon = UINT64_C(1795348800418000); /* 2026-11-22 12:00 UTC */

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	assert_non_null(value);
	return value;
}

static void header_is(const char *event, const char *expected)
{
	json_t *value = parse(event);
	_cleanup_free_ char *text = event_text_header(value, at_noon);

	assert_string_equal(text, expected);
	json_decref(value);
}

static void step_is(const char *step, const char *expected)
{
	json_t *value = parse(step);
	_cleanup_free_ char *text = event_text_step(value);

	assert_string_equal(text, expected);
	json_decref(value);
}

static void headers(void **state)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	header_is("{\"serial\":7,\"source\":\"save\",\"project\":\"/home/me/potato\","
		  "\"time\":1795348800418000,\"files\":[\"/home/me/potato/a/b.html\"],"
		  "\"file-count\":1}",
		"#7  12:00:00.418  potato  save  a/b.html");
	header_is("{\"serial\":8,\"source\":\"save\",\"project\":\"/p\",\"time\":1795348800418000,"
		  "\"files\":[\"file:///p/caf%E9\",\"/p/b\"],\"file-count\":20}",
		"#8  12:00:00.418  p  save  caf\\xe9 and 19 more");
	header_is("{\"serial\":9,\"source\":\"save\",\"time\":1795262400418000,"
		  "\"files\":[\"/tmp/a\\u001b[2J\"],\"file-count\":1}",
		"#9  2026-11-21 12:00:00.418  -  save  /tmp/a\\e[2J");
	header_is("{\"serial\":10,\"source\":\"reload\",\"project\":\"/p\","
		  "\"time\":1795348800418000,\"files\":[],\"file-count\":0}",
		"#10  12:00:00.418  p  reload");
	/* A daemon of another version may have fewer fields, or other ones. */
	header_is("{\"serial\":\"x\",\"project\":7,\"time\":1795348800418000}",
		"#0  12:00:00.418  -  ");
}

static void steps(void **state)
{
	step_is("{\"at\":0,\"step\":\"heard\",\"text\":\"\"}", "       0.0 ms  heard");
	step_is("{\"at\":340,\"step\":\"cast\",\"text\":\"cast to 1 tab of Chromium 156\"}",
		"       0.3 ms  cast        to 1 tab of Chromium 156");
	step_is("{\"at\":412000,\"step\":\"left\",\"text\":\"with 3 files\"}",
		"     412.0 ms  left        with 3 files");
	step_is("{\"at\":41250,\"step\":\"loaded\",\"text\":\"\",\"browser\":1,\"tab\":17}",
		"      41.2 ms  loaded      tab 17");
	step_is("{\"at\":41250,\"step\":\"loaded\",\"text\":\"in tab 17\",\"tab\":17}",
		"      41.2 ms  loaded      in tab 17");
	step_is("{\"at\":5,\"step\":\"failed\",\"text\":\"no\\nway\",\"tab\":1}",
		"       0.0 ms  failed      tab 1: no\\nway");
	step_is("{\"at\":5,\"step\":\"cast\",\"text\":\"casting\"}",
		"       0.0 ms  cast        casting");
	step_is("{\"at\":7,\"step\":\"no-project\",\"text\":\"/tmp/a is in no tracked folder "
		"and in no git work tree: savecast track DIR\"}",
		"       0.0 ms  no-project  /tmp/a is in no tracked folder and in no git work\n"
		"                           tree: savecast track DIR");
}

static void line_is(const char *event, const char *expected)
{
	json_t *value = parse(event);
	_cleanup_free_ char *text = event_text_line(value, at_noon);

	assert_string_equal(text, expected);
	json_decref(value);
}

static void lines(void **state)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	line_is("{\"serial\":7,\"source\":\"save\",\"project\":\"/p\",\"file-count\":1,"
		"\"time\":1795348800418000,\"files\":[\"/p/a\"],"
		"\"steps\":[{\"at\":0,\"step\":\"heard\"},{\"at\":41200,\"step\":\"loaded\"}]}",
		"#7  12:00:00.418  p  save  a  loaded 41.2 ms");
	line_is("{\"serial\":7,\"source\":\"save\",\"project\":\"/p\",\"file-count\":2,"
		"\"time\":1795348800418000,\"files\":[\"/p/a_long_name/of_a_folder/"
		"and_of_another/and_a_file.html\"],"
		"\"steps\":[{\"at\":41200,\"step\":\"loaded\"}]}",
		"#7  12:00:00.418  p  save  ...other/and_a_file.html and 1 more  loaded 41.2 ms");
	line_is("{\"serial\":7,\"time\":1795348800418000}", "#7  12:00:00.418  -  ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(steps),
		cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
