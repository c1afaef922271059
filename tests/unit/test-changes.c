/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "browser/changes.h"
#include "util/mem.h"

static const struct path_rules no_rules;

static void relative(void **state)
{
	struct event event = {
		.root = (char *)"/p",
		.files = {(char *)"/p/static/app.css", (char *)"/p/main.py"},
		.files_kept = 2,
		.file_count = 2,
	};
	struct wire_change changes[WIRE_CHANGES_MAX];

	assert_int_equal(changes_of(&event, &no_rules, changes), 2);
	assert_string_equal(changes[0].path, "static/app.css");
	assert_int_equal(changes[0].kind, FILE_KIND_CSS);
	assert_string_equal(changes[1].path, "main.py");
	event.root = (char *)"/";
	assert_int_equal(changes_of(&event, &no_rules, changes), 2);
	assert_string_equal(changes[0].path, "p/static/app.css");
}

static void with_action_rules(void **state)
{
	static const struct {
		const char *rule, *name;
		enum file_kind kind;
		bool all;
	} cases[] = {
		{"page *.css", "/p/static/app.css", FILE_KIND_OTHER, false},
		{"page *.html", "/p/home.html", FILE_KIND_PAGE, false},
		{"page *.css", "/p/app.svg", FILE_KIND_IMAGE, false},
		{"css *.py", "/p/theme.py", FILE_KIND_CSS, true},
		{"css *.css", "/p/app.css", FILE_KIND_CSS, false},
		{"image /charts/", "/p/charts/a.csv", FILE_KIND_IMAGE, true},
		{"image *.svg", "/p/a.svg", FILE_KIND_IMAGE, false},
		{"css /static/", "/p/dynamic/a.py", FILE_KIND_OTHER, false},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct event event = {
			.root = (char *)"/p",
			.files = {(char *)cases[i].name},
			.files_kept = 1,
			.file_count = 1,
		};
		struct wire_change changes[WIRE_CHANGES_MAX];
		struct path_rules rules = {0};
		const char *why;

		assert_true(path_rules_add_action(&rules, cases[i].rule, &why));
		assert_int_equal(changes_of(&event, &rules, changes), 1);
		if (changes[0].kind != cases[i].kind || changes[0].all != cases[i].all) {
			fail_msg("%s: %s", cases[i].rule, cases[i].name);
		}
		path_rules_clear(&rules);
	}
}


static void not_described(void **state)
{
	char sea[2 * WIRE_PATH_MAX] = "/p/";
	struct wire_change changes[WIRE_CHANGES_MAX];
	struct event event = {.root = (char *)"/p", .files = {(char *)"/p/a.css"}, .files_kept = 1};

	assert_int_equal(changes_of(NULL, &no_rules, changes), 0);
	event.file_count = 2;
	assert_int_equal(changes_of(&event, &no_rules, changes), 0);
	event.file_count = 1;
	assert_int_equal(changes_of(&event, &no_rules, changes), 1);
	event.root = NULL;
	assert_int_equal(changes_of(&event, &no_rules, changes), 0);
	event.root = (char *)"/q";
	assert_int_equal(changes_of(&event, &no_rules, changes), 0);
	event.root = (char *)"/p";
	event.files[0] = (char *)"/p/\xff.css";
	assert_int_equal(changes_of(&event, &no_rules, changes), 0);
	memset(sea + 3, 'a', sizeof sea - 4);
	event.files[0] = sea;
	assert_int_equal(changes_of(&event, &no_rules, changes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relative),
		cmocka_unit_test(with_action_rules),
		cmocka_unit_test(not_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
