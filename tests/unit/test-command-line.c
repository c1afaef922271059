/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "server/command-line.h"
#include "util/mem.h"
#include "util/pathname.h"

/* Arguments, separated by spaces, and the expected folders; the working folder is /w. */
static const struct {
	const char *line, *folders;
} rows[] = {
	{"uvicorn main:app --app-dir src", "/w/src"},
	{"/usr/bin/python3 /usr/bin/uvicorn --app-dir=/v/src main:app --reload", "/v/src"},
	{"/usr/bin/python3 /usr/bin/uvicorn main:app", ""},
	{"python3 -m uvicorn main:app --app-dir ../api", "/api"},
	{"python3 -m http.server -d public 8000", "/w/public"},
	{"python3.11 -u -m http.server 8000 --directory=./public/", "/w/public"},
	{"python -X dev -W ignore site/manage.py runserver", "/w/site"},
	{"python manage.py runserver", "/w"},
	{"python -c print(1) x", ""},
	{"python3 /usr/local/bin/gunicorn --chdir app main:app", "/w/app"},
	{"python3 /x/bin/flask --app site/hello.py run", "/w/site"},
	{"flask --app site/hello:create() run --debug", "/w/site"},
	{"flask -A hello run", ""},
	{"node server/index.js --port 3000", "/w/server"},
	{"/usr/bin/node --watch --require ./hook.js server/index.js", "/w/server"},
	{"node -r./hook.js server/index.js", "/w/server"},
	{"node -e x y", ""},
	{"node /h/.npm/_npx/1/node_modules/.bin/serve -l 5000 public", "/w/public"},
	{"node /usr/bin/http-server dist -p 8080", "/w/dist"},
	{"node node_modules/.bin/vite dev site --port 3000", "/w/site"},
	{"node node_modules/vite/bin/vite.js", ""},
	{"php -S localhost:8000 -t public", "/w/public"},
	{"php -Slocalhost:8000 -tpublic router/index.php", "/w/public /w/router"},
	{"hugo server -s site", "/w/site"},
	{"hugo server --source=/v/site -D", "/v/site"},
	{"ruby bin/rails server", "/w/bin"},
	{"bun run site/index.ts", "/w/site"},
	{"caddy file-server --root /srv --listen :80", "/srv"},
	{"serve a a ./a b", "/w/a /w/b"},
	{"serve", ""},
	{"hugo -s", ""},
	{"unknown -d public", ""},
	{"gunicorn: master [main:app]", ""},
	{"", ""},
	{"serve ../../../../etc/./x//y/..", "/etc/x"},
	{"serve 1 2 3a 4a 5a 6a 7a 8a 9a 10a 11a 12a",
		"/w/3a /w/4a /w/5a /w/6a /w/7a /w/8a /w/9a /w/10a"},
};

static void folders_are_guessed(void **state)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_free_ char *bytes = mem_strdup(rows[i].line);
		_cleanup_free_ char *seen = mem_strdup("");
		char *folders[COMMAND_LINE_FOLDERS_MAX];
		size_t length = strlen(bytes), count;

		for (size_t k = 0; k < length; k++) {
			bytes[k] = rows[i].line[k] == ' ' ? '\0' : rows[i].line[k];
		}
		count = command_line_folders(bytes, length ? length + 1 : 0, NULL, "/w", folders);
		for (size_t k = 0; k < count; k++) {
			char *longer = mem_printf("%s%s%s", seen, k ? " " : "", folders[k]);

			free(seen);
			seen = longer;
			free(folders[k]);
		}
		if (strcmp(seen, rows[i].folders) != 0) {
			fail_msg("%s: %s, not %s", rows[i].line, seen, rows[i].folders);
		}
	}
}

static void the_limits(void **state)
{
	enum { SIZE = COMMAND_LINE_BYTES_MAX + 16 };
	_cleanup_free_ char *bytes = mem_zero(SIZE);
	char *folders[COMMAND_LINE_FOLDERS_MAX];
	char name[PATHNAME_MAX + 2];

	/* The largest number of arguments that is read, and one more. */
	strcpy(bytes, "serve");
	for (size_t beyond = 0; beyond < 2; beyond++) {
		size_t at = strlen("serve") + COMMAND_LINE_ARGS_MAX - 1 + beyond;

		memset(bytes + 6, 0, 600);
		bytes[at] = 'x';
		assert_int_equal(
			command_line_folders(bytes, at + 2, NULL, "/w", folders), beyond ? 0 : 1);
		if (!beyond) {
			free(folders[0]);
		}
	}
	/* A folder of the longest possible name, and one that is longer. */
	for (size_t beyond = 0; beyond < 2; beyond++) {
		size_t count;

		memset(name, 'x', sizeof name);
		name[0] = '/';
		name[PATHNAME_MAX + beyond] = '\0';
		strcpy(bytes + 6, name);
		count = command_line_folders(bytes, 6 + strlen(name) + 1, NULL, "/w", folders);
		assert_int_equal(count, beyond ? 0 : 1);
		if (count) {
			free(folders[0]);
		}
	}
	/* Bytes after the limit are cut off. */
	memset(bytes, 'x', SIZE);
	strcpy(bytes, "hugo");
	assert_int_equal(command_line_folders(bytes, SIZE, NULL, "/w", folders), 0);
}

static void named(const char *comm, const char *bytes, size_t length, const char *wanted)
{
	char *name = command_line_name(comm, bytes, length);

	assert_string_equal(name, wanted);
	free(name);
}

#define NAMED(comm, bytes, wanted) named(comm, bytes, sizeof bytes, wanted)

/* The kernel cuts a name after 15 bytes; the command line has it in full. */
static void names_are_whole(void **state)
{
	char longest[200];

	NAMED("node", "node\0server.js", "node");
	NAMED("next-server (v1", "next-server (v16.4.6)", "next-server (v16.4.6)");
	NAMED("webpack-dev-ser", "/usr/bin/node\0/site/node_modules/.bin/webpack-dev-server\0serve",
		"webpack-dev-server");
	NAMED("a-long-named-pr", "/opt/a-long-named-program\0--port\08000", "a-long-named-program");
	NAMED("exactly-15-byte", "exactly-15-byte", "exactly-15-byte");
	NAMED("renamed-by-itse", "/usr/bin/python3\0app.py", "renamed-by-itse");
	named("renamed-by-itse", "", 0, "renamed-by-itse");
	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	{
		char *name = command_line_name("xxxxxxxxxxxxxxx", longest, sizeof longest);

		assert_int_equal(strlen(name), COMMAND_LINE_NAME_MAX);
		free(name);
	}
}

static void behind(const char *title, size_t size, const char *script, const char *wanted)
{
	size_t length = 0;
	_cleanup_free_ char *words = command_line_behind(title, size, script, &length);

	if (!wanted) {
		assert_null(words);
		return;
	}
	assert_non_null(words);
	for (size_t i = 0; i < length; i++) {
		words[i] = words[i] ? words[i] : ' ';
	}
	assert_int_equal(length, strlen(wanted));
	assert_memory_equal(words, wanted, length);
}

static void arguments_behind_a_title(void **state)
{
	static const char padded[] = "webpack\0\0\0\0\0";

	assert_true(command_line_is_title(padded, sizeof padded));
	assert_true(command_line_is_title("ng serve --open", sizeof "ng serve --open"));
	assert_false(command_line_is_title("hugo", sizeof "hugo"));
	assert_false(command_line_is_title("hugo\0server", sizeof "hugo\0server"));
	assert_false(command_line_is_title("/my folder/hugo", sizeof "/my folder/hugo"));
	assert_false(command_line_is_title("", 0));
	assert_false(command_line_is_title("\0\0", 2));
	behind("ng serve --open", sizeof "ng serve --open", NULL, "ng serve --open ");
	behind(padded, sizeof padded, "webpack serve --no-hot", "webpack serve --no-hot ");
	behind(padded, sizeof padded, "rm -rf dist && A=1 npx webpack serve  '--port' \"8 0\"; x",
		"webpack serve --port 8 0 ");
	behind(padded, sizeof padded, "node_modules/.bin/webpack serve&", "node_modules/.bin/webpack serve ");
	behind(padded, sizeof padded, "npm run dev", NULL);
	behind(padded, sizeof padded, "", NULL);
	behind(padded, sizeof padded, NULL, NULL);
	behind("unknown\0\0", 9, "unknown a", NULL);
	behind(padded, 3, "webpack serve", NULL); /* a title that was cut */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_guessed),
		cmocka_unit_test(the_limits),
		cmocka_unit_test(names_are_whole),
		cmocka_unit_test(arguments_behind_a_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
