/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>

#include "server/url-pattern.h"
#include "util/mem.h"

static const struct {
	const char *pattern, *url;
	bool fits;
} rows[] = {
	{"http://shop.test/*", "http://shop.test/", true},
	{"http://shop.test/*", "http://shop.test/a/b?c#d", true},
	{"http://shop.test/*", "http://user:pw@shop.test/", true},
	{"http://shop.test/*", "https://shop.test/", false},
	{"http://shop.test/*", "http://shop.test:8080/", false},
	{"http://shop.test/*", "http://www.shop.test/", false},
	{"http://shop.test", "http://SHOP.test/any", true},
	{"HTTP://Shop.Test", "http://shop.test/any", true},
	{"http://shop.test/", "http://shop.test/any", false},
	{"http://shop.test/", "http://shop.test", true},
	{"https://localhost:8443/admin/*", "https://localhost:8443/admin/users", true},
	{"https://localhost:8443/admin/*", "https://localhost:8443/administrator", false},
	{"https://localhost:8443/admin/*", "https://localhost:8444/admin/", false},
	{"http://*.shop.test", "http://shop.test/", true},
	{"http://*.shop.test", "http://a.b.shop.test/", true},
	{"http://*.shop.test", "http://notshop.test/", false},
	{"*://localhost:*", "https://localhost:9/x", true},
	{"*://localhost", "https://localhost:443/", true},
	{"*://localhost", "http://localhost:443/", false},
	{"*://*:*/x", "http://10.0.0.1:77/x", true},
	{"http://[::1]:80/*", "http://[::1]/", true},
	{"http://h/a*b*c", "http://h/aXbXbc", true},
	{"http://h/a*b*c", "http://h/aXbXb", false},
	{"http://h/*.html", "http://h/x/y.html", true},
	{"http://h/*", "file:///x", false},
};

static void patterns_fit(void **state)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct url_pattern pattern;
		struct url url;
		const char *why = NULL;

		assert_int_equal(url_pattern_parse(rows[i].pattern, &pattern, &why), 0);
		assert_int_equal(url_parse(rows[i].url, &url, &why), 0);
		if (url_pattern_matches(&pattern, &url) != rows[i].fits) {
			fail_msg("%s, %s", rows[i].pattern, rows[i].url);
		}
		assert_string_equal(pattern.text, rows[i].pattern);
		url_pattern_clear(&pattern);
		url_clear(&url);
	}
}

static void bad_patterns(void **state)
{
	static const char *const patterns[] = {"", "shop.test", "ftp://x/", "http://", "http:///x",
		"http://a b/", "http://a:0/", "http://a:65536/", "http://a:/", "http://a:1x/",
		"http://a:123456/", "http://u@h/", "http://h/?q", "http://h/#f", "http://*a/",
		"http://a.*/", "http://[::1/", "http://[x]/", "http://[::1]x/", "http://*./",
		"http://b\xc3\xbc"
		"cher.test/"};

	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		struct url_pattern pattern;
		const char *why = NULL;

		if (url_pattern_parse(patterns[i], &pattern, &why) != -EINVAL) {
			fail_msg("%s", patterns[i]);
		}
		assert_non_null(why);
		assert_null(pattern.text);
	}
}

static void the_length_is_bounded(void **state)
{
	char text[URL_PATTERN_MAX + 2];
	struct url_pattern pattern;
	const char *why = NULL;

	memset(text, 'x', sizeof text);
	memcpy(text, "http://h/", strlen("http://h/"));
	text[URL_PATTERN_MAX] = '\0';
	assert_int_equal(url_pattern_parse(text, &pattern, &why), 0);
	url_pattern_clear(&pattern);
	text[URL_PATTERN_MAX] = 'x';
	text[URL_PATTERN_MAX + 1] = '\0';
	assert_int_equal(url_pattern_parse(text, &pattern, &why), -EINVAL);
}

static unsigned weight(const char *text)
{
	struct url_pattern pattern;
	const char *why;
	unsigned w;

	assert_int_equal(url_pattern_parse(text, &pattern, &why), 0);
	w = url_pattern_weight(&pattern);
	url_pattern_clear(&pattern);
	return w;
}

static void the_narrower_weighs_more(void **state)
{
	static const char *const from_wide_to_narrow[] = {
		"*://*:*",
		"*://*.shop.test:*",
		"*://shop.test:*",
		"*://shop.test",
		"http://shop.test",
		"http://shop.test/admin/*",
		"http://shop.test/admin/users/*",
		"http://www.shop.test",
	};

	for (size_t i = 1; i < COUNT_OF(from_wide_to_narrow); i++) {
		if (weight(from_wide_to_narrow[i]) <= weight(from_wide_to_narrow[i - 1])) {
			fail_msg("%s", from_wide_to_narrow[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_fit),
		cmocka_unit_test(bad_patterns),
		cmocka_unit_test(the_length_is_bounded),
		cmocka_unit_test(the_narrower_weighs_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
