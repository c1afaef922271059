/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>

#include "config/setting.h"
#include "config/trust.h"
#include "util/mem.h"

static void exactly_this_rule_in_this_folder(void **state)
{
	struct trust *trust = trust_new();

	assert_true(trust_add(trust, "/w/shop", "url = http://shop.test"));
	assert_true(trust_has(trust, "/w/shop", "url = http://shop.test"));
	assert_false(trust_has(trust, "/w/shop", "url = http://shop.test/"));
	assert_false(trust_has(trust, "/w/shop", "include = http://shop.test"));
	assert_false(trust_has(trust, "/w/shop2", "url = http://shop.test"));
	assert_false(trust_has(trust, "/w", "url = http://shop.test"));
	assert_false(trust_add(trust, "/w/shop", "include = /\xff"));
	trust_remove(trust, "/w/shop");
	assert_false(trust_has(trust, "/w/shop", "url = http://shop.test"));
	trust_free(trust);
}

static void trust_is_stored(void **state)
{
	struct trust *trust = trust_new(), *again = trust_new();
	_cleanup_free_ char *text = NULL, *why = NULL;

	trust_add(trust, "/w/caf\xe9", "include = ../\"a\"\n/**");
	trust_add(trust, "/w/caf\xe9", "url = *://*/*");
	trust_add(trust, "/", "url = http://x");
	text = trust_write(trust);
	assert_int_equal(trust_read(again, text, strlen(text), &why), 0);
	assert_true(trust_has(again, "/w/caf\xe9", "include = ../\"a\"\n/**"));
	assert_true(trust_has(again, "/w/caf\xe9", "url = *://*/*"));
	assert_true(trust_has(again, "/", "url = http://x"));
	trust_free(trust);
	trust_free(again);
}

static void bad(const char *text)
{
	struct trust *trust = trust_new();
	_cleanup_free_ char *why = NULL;

	assert_int_equal(trust_read(trust, text, strlen(text), &why), -EINVAL);
	assert_non_null(why);
	trust_free(trust);
}

static void a_damaged_file_trusts_nothing(void **state)
{
	struct trust *trust = trust_new();
	_cleanup_free_ char *why = NULL;
	static const char odd[] = "{\"version\": 1, \"projects\": [1, {}, {\"root\": \"w\", "
				  "\"rules\": [\"a\"]}, {\"root\": \"/w\", \"rules\": 1}, "
				  "{\"root\": \"/w\", \"rules\": [1, null, \"b\"]}]}";

	bad("");
	bad("{");
	bad("[]");
	bad("{\"version\": 2, \"projects\": []}");
	bad("{\"version\": 1, \"projects\": {}}");
	assert_int_equal(trust_read(trust, odd, strlen(odd), &why), 0);
	assert_false(trust_has(trust, "w", "a"));
	assert_true(trust_has(trust, "/w", "b"));
	trust_free(trust);
}

static void trust_is_bounded(void **state)
{
	struct trust *trust = trust_new();

	for (unsigned i = 0; i < TRUST_RULES_MAX; i++) {
		_cleanup_free_ char *rule = mem_printf("url = http://%u", i);

		assert_true(trust_add(trust, "/w", rule));
	}
	assert_false(trust_add(trust, "/w", "url = http://more"));
	assert_true(trust_add(trust, "/w", "url = http://0"));
	for (unsigned i = 0; i < TRUST_ROOTS_MAX; i++) {
		_cleanup_free_ char *root = mem_printf("/p%u", i);

		assert_true(trust_add(trust, root, "url = http://x"));
	}
	assert_false(trust_has(trust, "/w", "url = http://0"));
	assert_true(trust_has(trust, "/p0", "url = http://x"));
	trust_free(trust);
}

/* The project has one symbolic link, `all`, to /. */
static char *resolve(const char *name)
{
	const char *link = "/home/me/shop/all";
	size_t length = strlen(link);

	return mem_strdup(strncmp(name, link, length) != 0 ? name
			: name[length]			    ? name + length
							    : "/");
}

static bool outside(const char *key, const char *value)
{
	struct setting_place place = {"/home/me/shop", "/home/me", resolve};

	return setting_is_outside(setting_find(key), value, &place);
}

static void which_rules_reach_outside(void **state)
{
	assert_true(outside("url", "http://localhost:8000"));
	assert_true(outside("url", "*://*/*"));
	assert_true(outside("include", "/**"));
	assert_true(outside("include", "../shared/**"));
	assert_true(outside("include", "../shop/*.css"));
	assert_true(outside("include", "~/themes/*.css"));
	assert_true(outside("include", "/home/me/shop/x"));
	assert_false(outside("include", "src/**"));
	assert_false(outside("include", "**"));
	assert_false(outside("url", ""));
	assert_false(outside("include", ""));
	assert_false(outside("ignore", "/**"));
	assert_false(outside("output", "/dist"));
	assert_false(outside("output", "/**"));
	assert_false(outside("output", "../all/*"));
	assert_false(outside("output", "*.css"));
	assert_true(outside("output", "all/etc/*.css"));
	assert_true(outside("output", "/all/etc/**"));
	assert_true(outside("output", "all/*"));
	assert_true(outside("output", "all/passwd"));
	assert_false(outside("output", "all"));
	assert_false(outside("watch", "true"));
	assert_false(outside("stand-aside", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_this_rule_in_this_folder),
		cmocka_unit_test(trust_is_stored),
		cmocka_unit_test(a_damaged_file_trusts_nothing),
		cmocka_unit_test(trust_is_bounded),
		cmocka_unit_test(which_rules_reach_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
