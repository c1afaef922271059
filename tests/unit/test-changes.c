/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "browser/changes.h"

static void kinds(void **state)
{
	static const struct {
		const char *name;
		enum wire_kind kind;
	} cases[] = {
		{"/p/static/app.css", WIRE_KIND_CSS},
		{"/p/APP.CSS", WIRE_KIND_CSS},
		{"/p/app.scss", WIRE_KIND_CSS},
		{"/p/home.html", WIRE_KIND_PAGE},
		{"/p/home.html.erb", WIRE_KIND_PAGE},
		{"/p/logo.svg", WIRE_KIND_IMAGE},
		{"/p/a.woff2", WIRE_KIND_FONT},
		{"/p/a.webm", WIRE_KIND_MEDIA},
		{"/p/app.min.js", WIRE_KIND_SCRIPT},
		{"/p/data.json", WIRE_KIND_DATA},
		{"/p/main.py", WIRE_KIND_OTHER},
		{"/p/Makefile", WIRE_KIND_OTHER},
		{"/p/.css", WIRE_KIND_OTHER},
		{"/p.css/main", WIRE_KIND_OTHER},
		{"/p/css", WIRE_KIND_OTHER},
		{"/p/a.", WIRE_KIND_OTHER},
		{"", WIRE_KIND_OTHER},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (kind_by_suffix(cases[i].name) != cases[i].kind) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void relative(void **state)
{
	struct event event = {
		.root = (char *)"/p",
		.files = {(char *)"/p/static/app.css", (char *)"/p/main.py"},
		.files_kept = 2,
		.file_count = 2,
	};
	struct wire_change changes[WIRE_CHANGES_MAX];

	assert_int_equal(changes_of(&event, changes, NULL, NULL), 2);
	assert_string_equal(changes[0].path, "static/app.css");
	assert_int_equal(changes[0].kind, WIRE_KIND_CSS);
	assert_string_equal(changes[1].path, "main.py");
	event.root = (char *)"/";
	assert_int_equal(changes_of(&event, changes, NULL, NULL), 2);
	assert_string_equal(changes[0].path, "p/static/app.css");
}

static bool no_python(const char *root, const char *name, enum wire_kind *kind, void *userdata)
{
	*kind = WIRE_KIND_PAGE;
	assert_string_equal(root, "/p");
	assert_ptr_equal(userdata, &no_python);
	return !strstr(name, ".py");
}

static void overridden(void **state)
{
	struct event event = {
		.root = (char *)"/p",
		.files = {(char *)"/p/main.py", (char *)"/p/app.css"},
		.files_kept = 2,
		.file_count = 2,
	};
	struct wire_change changes[WIRE_CHANGES_MAX];

	assert_int_equal(changes_of(&event, changes, no_python, &no_python), 1);
	assert_string_equal(changes[0].path, "app.css");
	assert_int_equal(changes[0].kind, WIRE_KIND_PAGE);
}

static void untold(void **state)
{
	char sea[2 * WIRE_PATH_MAX] = "/p/";
	struct wire_change changes[WIRE_CHANGES_MAX];
	struct event event = {.root = (char *)"/p", .files = {(char *)"/p/a.css"}, .files_kept = 1};

	assert_int_equal(changes_of(NULL, changes, NULL, NULL), 0);
	event.file_count = 2;
	assert_int_equal(changes_of(&event, changes, NULL, NULL), 0);
	event.file_count = 1;
	assert_int_equal(changes_of(&event, changes, NULL, NULL), 1);
	event.root = NULL;
	assert_int_equal(changes_of(&event, changes, NULL, NULL), 0);
	event.root = (char *)"/q";
	assert_int_equal(changes_of(&event, changes, NULL, NULL), 0);
	event.root = (char *)"/p";
	event.files[0] = (char *)"/p/\xff.css";
	assert_int_equal(changes_of(&event, changes, NULL, NULL), 0);
	memset(sea + 3, 'a', sizeof sea - 4);
	event.files[0] = sea;
	assert_int_equal(changes_of(&event, changes, NULL, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(relative),
		cmocka_unit_test(overridden),
		cmocka_unit_test(untold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
