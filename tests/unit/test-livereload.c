/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "server/livereload.h"
#include "util/mem.h"

/* Command lines as they are seen in /proc; a space stands for the NUL. */
static void command_lines(void **state)
{
	static const struct {
		const char *line, *name;
	} rows[] = {
		{"node /home/me/web/node_modules/.bin/vite --port 5173 ", "Vite"},
		{"node /web/node_modules/vite/bin/vite.js dev ", "Vite"},
		{"node --require ./hook.js /web/node_modules/.bin/vite ", "Vite"},
		{"vite ", "Vite"}, {"node /web/node_modules/.bin/vite preview ", NULL},
		{"node /web/node_modules/.bin/vite build --watch ", NULL},
		{"node /web/node_modules/.bin/webpack serve --mode development ",
			"webpack-dev-server"},
		{"node /web/node_modules/.bin/webpack --watch ", NULL},
		{"webpack      ", "webpack-dev-server"},
		{"node /web/node_modules/.bin/webpack-dev-server ", "webpack-dev-server"},
		{"node /web/node_modules/.bin/next dev -p 3000 ", "Next"},
		{"node /web/node_modules/.bin/next start ", NULL}, {"hugo server -D ", "Hugo"},
		{"/usr/bin/hugo serve ", "Hugo"}, {"hugo server --disableLiveReload ", NULL},
		{"hugo ", NULL}, {"/usr/bin/python3 /usr/bin/mkdocs serve ", "MkDocs"},
		{"/usr/bin/python3 -m mkdocs serve --no-livereload ", NULL},
		{"node /web/node_modules/.bin/eleventy --serve ", "Eleventy"},
		{"node /web/node_modules/.bin/eleventy --watch ", NULL},
		{"node server.js vite ", NULL}, {"sh -c vite ", NULL},
		{"/usr/bin/python3 /usr/bin/uvicorn main:app --reload ", NULL},
		{"python3 -m http.server ", NULL}, {"node ", NULL}, {"", NULL},
		{"node /web/vite", NULL}, /* cut off */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_free_ char *bytes = mem_strdup(rows[i].line);
		size_t length = strlen(bytes);
		const char *name;

		for (char *at = bytes; (at = strchr(at, ' ')); at++) {
			*at = '\0';
		}
		name = livereload_of(bytes, length);
		if (rows[i].name ? !name || strcmp(name, rows[i].name) != 0 : name != NULL) {
			fail_msg("%s: %s", rows[i].line, name ? name : "none");
		}
	}
}

static void more_words_than_are_looked_at(void **state)
{
	char bytes[4096];

	memset(bytes, 0, sizeof bytes);
	assert_null(livereload_of(bytes, sizeof bytes));
	memcpy(bytes, "vite", 5);
	assert_string_equal(livereload_of(bytes, sizeof bytes), "Vite");
	memset(bytes + 5, 'x', sizeof bytes - 6);
	assert_string_equal(livereload_of(bytes, sizeof bytes), "Vite");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(more_words_than_are_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
