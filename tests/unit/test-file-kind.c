/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "project/file-kind.h"
#include "protocol-table.h"
#include "util/mem.h"

static void kinds(void **state)
{
	static const struct {
		const char *name;
		enum file_kind kind;
	} cases[] = {
		{"/p/static/app.css", FILE_KIND_CSS},
		{"/p/APP.CSS", FILE_KIND_CSS},
		{"/p/app.scss", FILE_KIND_CSS},
		{"/p/home.html", FILE_KIND_PAGE},
		{"/p/home.html.erb", FILE_KIND_PAGE},
		{"/p/logo.svg", FILE_KIND_IMAGE},
		{"/p/a.woff2", FILE_KIND_FONT},
		{"/p/a.webm", FILE_KIND_MEDIA},
		{"/p/app.min.js", FILE_KIND_SCRIPT},
		{"/p/data.json", FILE_KIND_DATA},
		{"/p/main.py", FILE_KIND_OTHER},
		{"/p/Makefile", FILE_KIND_OTHER},
		{"/p/.css", FILE_KIND_OTHER},
		{"/p.css/main", FILE_KIND_OTHER},
		{"/p/css", FILE_KIND_OTHER},
		{"/p/a.", FILE_KIND_OTHER},
		{"/p/app.css.map", FILE_KIND_CSS},
		{"/p/app.js.MAP", FILE_KIND_SCRIPT},
		{"/p/site.map", FILE_KIND_OTHER},
		{"/p/css.map", FILE_KIND_OTHER},
		{"/p/.css.map", FILE_KIND_OTHER},
		{".map", FILE_KIND_OTHER},
		{"", FILE_KIND_OTHER},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (file_kind_of(cases[i].name) != cases[i].kind) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void sources(void **state)
{
	assert_true(file_kind_is_source("/p/a.scss"));
	assert_true(file_kind_is_source("/p/A.PCSS"));
	assert_true(file_kind_is_source("/p/x.test.ts"));
	assert_true(file_kind_is_source("/p/x.coffee"));
	assert_false(file_kind_is_source("/p/a.css"));
	assert_false(file_kind_is_source("/p/a.ts/b"));
	assert_false(file_kind_is_source("/p/ts"));
	assert_false(file_kind_is_source("/p/.ts"));
	assert_false(file_kind_is_source("/p/a.html"));
}

static enum file_kind kind_named(const char *name)
{
	for (int kind = 0; kind < FILE_KINDS; kind++) {
		if (strcmp(file_kind_name((enum file_kind)kind), name) == 0) {
			return (enum file_kind)kind;
		}
	}
	fail_msg("%s: not a kind", name);
	return FILE_KIND_OTHER;
}

/* protocol/kinds.json has the same kinds, in the same order, and the same rows. */
static void table(void **state)
{
	json_t *table = protocol_table("kinds");
	json_t *kinds = json_object_get(table, "kinds");
	const char *suffix;
	json_t *row;

	assert_int_equal(json_array_size(kinds), FILE_KINDS);
	for (int kind = 0; kind < FILE_KINDS; kind++) {
		assert_string_equal(file_kind_name((enum file_kind)kind),
			json_string_value(json_array_get(kinds, (size_t)kind)));
	}
	assert_true(json_object_size(json_object_get(table, "suffixes")) > 50);
	json_object_foreach (json_object_get(table, "suffixes"), suffix, row) {
		_cleanup_free_ char *name = mem_printf("/p/a.%s", suffix);
		const char *kind = json_string_value(json_object_get(row, "kind"));

		if (file_kind_of(name) != kind_named(kind) ||
			file_kind_is_source(name) != !!json_object_get(row, "output")) {
			fail_msg("%s: differs from protocol/kinds.json", suffix);
		}
	}
	assert_int_equal(file_kind_suffixes(), json_object_size(json_object_get(table, "suffixes")));
	json_decref(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(sources),
		cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
