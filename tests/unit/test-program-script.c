/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "server/program-script.h"
#include "util/mem.h"

static void scripts(void **state)
{
	static const struct {
		const char *text;
		bool reloads;
	} rows[] = {
		{"import tornado.web\nApplication([], debug=True)\n", true},
		{"import tornado.web\nApplication([])\n", false},
		{"import cherrypy\ncherrypy.quickstart(Home())\n", true},
		{"import cherrypy\ncherrypy.quickstart(Home()) # production\n", false},
		{"import uvicorn\nuvicorn.run('main:app', reload=True)\n", true},
		{"from http.server import *\n", false},
		{"debug=True", false},
		{"", false},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(
			program_script_text_reloads(rows[i].text, strlen(rows[i].text)),
			rows[i].reloads);
	}
}

static void names_of_scripts(void **state)
{
	static const struct {
		const char *line, *script;
	} rows[] = {
		{"python3 app.py 8000", "/web/app.py"}, {"/usr/bin/python3.11 -u /web/app.py", "/web/app.py"},
		{"python3 -W ignore -m app", "/web/app.py"}, {"python3 -m http.server", NULL},
		{"python3 -c pass app.py", NULL}, {"python3", NULL}, {"node app.js", NULL}, {"", NULL},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_free_ char *bytes = mem_strdup(rows[i].line);
		_cleanup_free_ char *script = NULL;
		size_t length = strlen(bytes) + 1;

		arguments_end(bytes);
		script = program_script_name(bytes, length, "/web");
		if (rows[i].script ? !script || strcmp(script, rows[i].script) != 0 : !!script) {
			fail_msg("%s: %s", rows[i].line, script ? script : "none");
		}
	}
	assert_false(program_script_reloads("/dev/zero"));
	assert_false(program_script_reloads("/does/not/exist.py"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(names_of_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
