/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "util/mem.h"
#include "cli/lsp-diagnostics.h"

#define PROJECT "/io/github/savecast/Daemon1/project/1"
#define CART "'kind': 'error', 'message': 'x is not defined', 'page': 'http://localhost/'"

static void set(struct lsp_diagnostics *diagnostics, const char *project, const char *problems)
{
	_cleanup_free_ char *text = mem_strdup(problems);
	json_t *list;

	for (char *c = text; *c; c++) {
		*c = *c == '\'' ? '"' : *c;
	}
	list = json_loads(text, 0, NULL);
	assert_non_null(list);
	lsp_diagnostics_set(diagnostics, project, list);
	json_decref(list);
}

/* Expects "URI COUNT LINE:CHARACTER MESSAGE;" of what is published, sorted as it comes. */
static void publishes(struct lsp_diagnostics *diagnostics, const char *expected)
{
	_cleanup_free_ char *seen = mem_strdup("");
	json_t *messages = lsp_diagnostics_publish(diagnostics);
	json_t *message;
	size_t i;

	json_array_foreach (messages, i, message) {
		const json_t *params = json_object_get(message, "params");
		const json_t *list = json_object_get(params, "diagnostics");
		json_int_t line = -1, character = -1;
		const char *text = "", *uri = json_string_value(json_object_get(params, "uri"));
		char *longer;

		json_unpack(json_array_get(list, 0), "{s:s, s:{s:{s:I, s:I}}}", "message", &text,
			"range", "start", "line", &line, "character", &character);
		longer = mem_printf("%s%s %zu %d:%d %s;", seen, uri, json_array_size(list),
			(int)line, (int)character, text);
		free(seen);
		seen = longer;
	}
	assert_string_equal(seen, expected);
	json_decref(messages);
}

static void diagnostics_are_added_and_removed(void **state)
{
	struct lsp_diagnostics diagnostics;

	lsp_diagnostics_init(&diagnostics);
	lsp_diagnostics_add_root(&diagnostics, "/site");
	set(&diagnostics, PROJECT,
		"[{'file': '/site/a b.js', 'line': 2, 'column': 7, " CART "},"
		" {'file': '/site/a b.js', 'line': 2, 'column': 7, " CART "},"
		" {'file': '/sites/c.js', 'line': 2, 'column': 7, " CART "},"
		" {" CART "}]");
	publishes(&diagnostics, "file:///site/a%20b.js 1 1:6 x is not defined\nhttp://localhost/;");
	publishes(&diagnostics, "");
	set(&diagnostics, PROJECT "0", "[{'file': '/site/a b.js', " CART "}]");
	publishes(&diagnostics, "file:///site/a%20b.js 2 1:6 x is not defined\nhttp://localhost/;");
	set(&diagnostics, PROJECT, "[]");
	publishes(&diagnostics, "file:///site/a%20b.js 1 0:0 x is not defined\nhttp://localhost/;");
	lsp_diagnostics_forget(&diagnostics);
	publishes(&diagnostics, "file:///site/a%20b.js 0 -1:-1 ;");
	publishes(&diagnostics, "");
	lsp_diagnostics_deinit(&diagnostics);
}

static void open_files_have_the_names_of_the_editor(void **state)
{
	struct lsp_diagnostics diagnostics;

	lsp_diagnostics_init(&diagnostics);
	set(&diagnostics, PROJECT, "[{'file': '/real/a.js', " CART "}, {'file': 'file:///real/%E9.js', " CART "}]");
	publishes(&diagnostics, "");
	lsp_diagnostics_open(&diagnostics, "/real/a.js", "file:///link/a.js");
	lsp_diagnostics_open(&diagnostics, "/real/\xe9.js", "file:///link/%e9.js");
	publishes(&diagnostics, "file:///link/a.js 1 0:0 x is not defined\nhttp://localhost/;"
				"file:///link/%e9.js 1 0:0 x is not defined\nhttp://localhost/;");
	publishes(&diagnostics, "");
	lsp_diagnostics_open(&diagnostics, "/real/a.js", "file:///link/a.js");
	publishes(&diagnostics, "file:///link/a.js 1 0:0 x is not defined\nhttp://localhost/;");
	lsp_diagnostics_close(&diagnostics, "file:///link/a.js");
	publishes(&diagnostics, "file:///link/a.js 0 -1:-1 ;");
	lsp_diagnostics_deinit(&diagnostics);
}

static void what_a_page_says_is_bounded_and_escaped(void **state)
{
	struct lsp_diagnostics diagnostics;
	json_t *list = json_array();

	lsp_diagnostics_init(&diagnostics);
	lsp_diagnostics_add_root(&diagnostics, "/");
	for (int i = 1; i <= LSP_DIAGNOSTICS_MAX + 10; i++) {
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:i, s:I}", "file", "/a.js", "message", "\x1b[31m\n",
				"line", i, "column", (json_int_t)1 << 53));
	}
	lsp_diagnostics_set(&diagnostics, PROJECT, list);
	json_decref(list);
	publishes(&diagnostics, "file:///a.js 64 0:2147483646 \\e[31m\\n\n;");
	set(&diagnostics, PROJECT, "[{'file': 'relative.js', " CART "}, {'file': 7, " CART "}, 8]");
	publishes(&diagnostics, "file:///a.js 0 -1:-1 ;");
	lsp_diagnostics_deinit(&diagnostics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diagnostics_are_added_and_removed),
		cmocka_unit_test(open_files_have_the_names_of_the_editor),
		cmocka_unit_test(what_a_page_says_is_bounded_and_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
