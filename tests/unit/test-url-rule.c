/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "config/setting.h"
#include "server/url-rule.h"
#include "util/mem.h"

static void say(struct project *project, struct project_settings *settings, const char *pattern)
{
	static const struct setting_place place = {.root = "/"};
	const char *why;

	assert_true(setting_take(setting_find("url"), settings, pattern, &place, &why));
	project->settings = settings;
}

static void expect(
	const struct registry *registry, const char *text, struct project *project, const char *pattern)
{
	struct url_rule found;
	struct url url;
	const char *why = NULL;

	assert_int_equal(url_parse(text, &url, &why), 0);
	assert_int_equal(url_rule_find(registry, &url, false, &found), project != NULL);
	assert_ptr_equal(found.project, project);
	if (project) {
		assert_string_equal(found.pattern->text, pattern);
	}
	url_clear(&url);
}

static void the_narrowest_rule_wins(void **state)
{
	struct registry *registry = registry_new();
	struct project *all = registry_add(registry, "/a", true, 0);
	struct project *shop = registry_add(registry, "/b", true, 0);
	struct project *admin = registry_add(registry, "/c", true, 0);
	struct project *twin = registry_add(registry, "/d", true, 0);
	struct project_settings settings[4] = {0};

	registry_add(registry, "/e", true, 0);
	expect(registry, "http://shop.test/", NULL, NULL);
	say(all, &settings[0], "*://*.test");
	say(shop, &settings[1], "http://other.test");
	say(shop, &settings[1], "http://shop.test");
	say(admin, &settings[2], "http://shop.test/admin/*");
	say(twin, &settings[3], "http://shop.test");
	expect(registry, "http://shop.test/", shop, "http://shop.test");
	expect(registry, "http://shop.test/admin/x", admin, "http://shop.test/admin/*");
	expect(registry, "https://shop.test/", all, "*://*.test");
	expect(registry, "http://elsewhere.example/", NULL, NULL);
	expect(registry, "file:///b/x.html", NULL, NULL);
	expect(registry, "about:blank", NULL, NULL);
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		project_settings_clear(&settings[i]);
	}
	registry_free(registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_narrowest_rule_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
