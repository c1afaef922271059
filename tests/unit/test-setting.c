/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config-line.h"
#include "config/setting-type.h"
#include "config/setting.h"
#include "util/file.h"
#include "util/mem.h"

static const struct setting_place place = {.root = "/w/shop", .home = "/home/me"};

static bool takes(struct project_settings *settings, const char *key, const char *value)
{
	const char *why = NULL;

	return setting_take(setting_find(key), settings, value, &place, &why);
}

static void the_defaults(void **state)
{
	const struct project_settings *settings = project_settings_default();
	struct daemon_settings daemon = {0};

	daemon_settings_init(&daemon);
	assert_int_equal(daemon.port, 7283);
	assert_int_equal(settings->url.count, 0);
	assert_false(settings->gitignored);
	assert_false(settings->unchanged);
	assert_null(setting_find("nothing"));
	assert_null(setting_find(""));
}

static void ports(void **state)
{
	static const char *const wrong[] = {
		"0", "65536", "99999", "-1", "+1", "", " 1", "1 ", "0x10", "1k", "99999999999999999999"};
	struct daemon_settings daemon = {0};
	const char *why;

	assert_true(setting_take(setting_find("port"), &daemon, "1", &place, &why));
	assert_int_equal(daemon.port, 1);
	assert_true(setting_take(setting_find("port"), &daemon, "65535", &place, &why));
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		assert_false(setting_take(setting_find("port"), &daemon, wrong[i], &place, &why));
	}
	assert_false(setting_take(setting_find("port"), &daemon, NULL, &place, &why));
	assert_int_equal(daemon.port, 65535);
}

static void booleans(void **state)
{
	static const char *const yes[] = {"true", "YES", "on", "1", NULL};
	static const char *const no[] = {"false", "No", "off", "0"};
	struct project_settings settings = {0};

	for (size_t i = 0; i < COUNT_OF(yes); i++) {
		settings.gitignored = false;
		assert_true(takes(&settings, "gitignored", yes[i]));
		assert_true(settings.gitignored);
	}
	for (size_t i = 0; i < COUNT_OF(no); i++) {
		settings.gitignored = true;
		assert_true(takes(&settings, "gitignored", no[i]));
		assert_false(settings.gitignored);
	}
	assert_false(takes(&settings, "gitignored", "maybe"));
	assert_false(takes(&settings, "gitignored", ""));
	assert_false(settings.unchanged);
}

static void times(void **state)
{
	uint64_t usec = 7;
	const char *why;

	assert_true(setting_time.take(&usec, "0", &place, &why));
	assert_int_equal(usec, 0);
	assert_true(setting_time.take(&usec, "600000", &place, &why));
	assert_int_equal(usec, UINT64_C(600000000));
	assert_false(setting_time.take(&usec, "600001", &place, &why));
	assert_false(setting_time.take(&usec, "1s", &place, &why));
}

static void lists_collect_values_until_an_empty_one(void **state)
{
	struct project_settings settings = {0};

	assert_true(takes(&settings, "ignore", "*.log"));
	assert_true(takes(&settings, "ignore", "/var"));
	assert_int_equal(settings.ignore.count, 2);
	assert_false(takes(&settings, "ignore", NULL));
	assert_false(takes(&settings, "ignore", "["));
	assert_false(takes(&settings, "ignore", "!keep"));
	assert_int_equal(settings.ignore.count, 2);
	assert_true(takes(&settings, "ignore", ""));
	assert_int_equal(settings.ignore.count, 0);
	assert_true(takes(&settings, "url", "http://shop.test"));
	assert_false(takes(&settings, "url", "shop.test"));
	assert_int_equal(settings.url.count, 1);
	project_settings_clear(&settings);
	assert_int_equal(settings.url.count, 0);
}

static void lists_are_bounded(void **state)
{
	struct project_settings settings = {0};

	for (size_t i = 0; i < PATH_RULES_MAX; i++) {
		assert_true(takes(&settings, "ignore", "x"));
	}
	assert_false(takes(&settings, "ignore", "x"));
	for (size_t i = 0; i < URL_RULES_MAX; i++) {
		assert_true(takes(&settings, "url", "http://x"));
	}
	assert_false(takes(&settings, "url", "http://x"));
	project_settings_clear(&settings);
}

static enum action action_of(const struct project_settings *settings, const char *name)
{
	const struct path_rule *rule = path_rules_find(&settings->action, name);

	return rule ? rule->action : ACTION_DEFAULT;
}

static void the_last_matching_action_applies(void **state)
{
	struct project_settings settings = {0};

	assert_true(takes(&settings, "action", "none /docs/"));
	assert_true(takes(&settings, "action", "css *.scss"));
	assert_true(takes(&settings, "action", "page\t/docs/live.scss"));
	assert_int_equal(action_of(&settings, "docs/a.md"), ACTION_NONE);
	assert_int_equal(action_of(&settings, "docs/a.scss"), ACTION_CSS);
	assert_int_equal(action_of(&settings, "docs/live.scss"), ACTION_PAGE);
	assert_int_equal(action_of(&settings, "a.html"), ACTION_DEFAULT);
	assert_false(takes(&settings, "action", "css"));
	assert_false(takes(&settings, "action", "css "));
	assert_false(takes(&settings, "action", "reload x"));
	assert_false(takes(&settings, "action", "default x"));
	assert_false(takes(&settings, "action", " page x"));
	project_settings_clear(&settings);
}

static bool includes(const char *pattern, const char *name)
{
	struct project_settings settings = {0};
	bool found;

	if (!takes(&settings, "include", pattern)) {
		fail_msg("%s", pattern);
	}
	found = path_rules_find_outside(&settings.include, name);
	project_settings_clear(&settings);
	return found;
}

static void includes_may_leave_the_root(void **state)
{
	struct project_settings settings = {0};

	assert_true(includes("../shared/**", "/w/shared/a/b.css"));
	assert_false(includes("../shared/**", "/w/shop/shared/b.css"));
	assert_false(includes("../shared/**", "/shared/b.css"));
	assert_true(includes("../shared", "/w/shared/a/b.css"));
	assert_true(includes("../../../x", "/x/y"));
	assert_true(includes("../*.css", "/w/other/deep/a.css"));
	assert_false(includes("../*.css", "/v/a.css"));
	assert_true(includes("/etc/nginx/*.conf", "/etc/nginx/a.conf"));
	assert_true(includes("~/themes/*.css", "/home/me/themes/a.css"));
	assert_false(includes("~/themes/*.css", "/home/you/themes/a.css"));
	assert_false(takes(&settings, "include", "a/../b"));
	assert_false(takes(&settings, "include", "a/.."));
	assert_false(takes(&settings, "include", ".."));
	assert_true(takes(&settings, "include", "..a"));
	project_settings_clear(&settings);
}

/* Where a pattern's files are watched on disk; two asterisks: also in deeper folders. */
static bool watches(const char *pattern, const char *expected)
{
	struct project_settings settings = {0};
	bool deep, same;
	char *folder, text[256];

	if (!takes(&settings, "include", pattern)) {
		fail_msg("%s", pattern);
	}
	folder = path_rule_folder(&settings.include.items[0], &deep);
	snprintf(text, sizeof text, "%s%s", folder, deep ? "/**" : "");
	same = strcmp(text, expected) == 0;
	if (!same) {
		print_error("%s: %s\n", pattern, text);
	}
	free(folder);
	project_settings_clear(&settings);
	return same;
}

static void includes_are_watched(void **state)
{
	assert_true(watches("../shared/**", "/w/shared/**"));
	assert_true(watches("../shared", "/w/shared/**"));
	assert_true(watches("../shared/", "/w/shared/**"));
	assert_true(watches("../a/b.css", "/w/a/b.css/**")); /* a file or a folder */
	assert_true(watches("../*.css", "/w"));
	assert_true(watches("../a/*/b.css", "/w/a/**"));
	assert_true(watches("../a*/b.css", "/w/**"));
	assert_true(watches("/etc/nginx/*.conf", "/etc/nginx"));
	assert_true(watches("~/themes/*.css", "/home/me/themes"));
	assert_true(watches("/*", "/"));
}

static void lines_are_found(void **state)
{
	static const char text[] =
		"# [savecast]\n"			  /* 1 */
		"[savecast]\n"				  /* 2 */
		"\tPort = 1\n"				  /* 3 */
		"\tignore = a \\\n"			  /* 4 */
		"port = not this\n"			  /* 5 */
		"; port = nor this \\\n"		  /* 6 */
		"  port=2\n"				  /* 7 */
		"[savecast \"/a.b \\\"C\"] url = x\n"	  /* 8 */
		"url\n"					  /* 9 */
		"[Savecast] gitignored # yes\n"; /* 10 */
	struct config_line line;

	config_line_begin(&line, text);
	assert_int_equal(config_line_find(&line, "savecast.port"), 3);
	assert_int_equal(config_line_find(&line, "savecast.nothing"), 0);
	assert_int_equal(config_line_find(&line, "savecast.port"), 7);
	assert_int_equal(config_line_find(&line, "savecast.port"), 0);
	assert_int_equal(config_line_find(&line, "savecast./a.b \"C.url"), 8);
	assert_int_equal(config_line_find(&line, "savecast./a.b \"C.url"), 9);
	assert_int_equal(config_line_find(&line, "savecast.gitignored"), 10);
}

/* The reference in the documentation has the contents of the table. */
static void the_documentation_is_the_table(void **state)
{
	_cleanup_free_ char *docs = NULL, *table = NULL;
	size_t length;
	FILE *to = open_memstream(&table, &length);
	char *begin, *end;

	setting_document(to);
	fclose(to);
	assert_int_equal(file_read(DOCS "/savecast-config.md", 1 << 20, &docs, &length), 0);
	begin = strstr(docs, "<!-- begin: savecastd --settings -->\n");
	assert_non_null(begin);
	begin += strlen("<!-- begin: savecastd --settings -->\n");
	end = strstr(begin, "<!-- end -->");
	assert_non_null(end);
	*end = '\0';
	assert_string_equal(begin, table);
}

/* Its examples are right. */
static void the_examples_are_allowed(void **state)
{
	_cleanup_free_ char *table = NULL;
	size_t length;
	FILE *to = open_memstream(&table, &length);
	unsigned examples = 0;

	setting_document(to);
	fclose(to);
	for (char *line = strtok(table, "\n"); line; line = strtok(NULL, "\n")) {
		struct project_settings settings = {0};
		struct daemon_settings daemon = {0};
		char *equals = strstr(line, " = ");
		const struct setting *setting;
		const char *why;

		if (strncmp(line, "      ", 6) != 0) {
			continue;
		}
		*equals = '\0';
		setting = setting_find(line + 6);
		assert_non_null(setting);
		assert_true(setting_take(setting,
			setting_is_daemons(setting) ? (void *)&daemon : &settings, equals + 3,
			&place, &why));
		project_settings_clear(&settings);
		examples++;
	}
	assert_in_range(examples, 8, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults),
		cmocka_unit_test(ports),
		cmocka_unit_test(booleans),
		cmocka_unit_test(times),
		cmocka_unit_test(lists_collect_values_until_an_empty_one),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(the_last_matching_action_applies),
		cmocka_unit_test(includes_may_leave_the_root),
		cmocka_unit_test(includes_are_watched),
		cmocka_unit_test(lines_are_found),
		cmocka_unit_test(the_documentation_is_the_table),
		cmocka_unit_test(the_examples_are_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
