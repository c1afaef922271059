/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "server/program-traits.h"
#include "util/mem.h"

static const char *livereload_of(const char *bytes, size_t length, const char *package)
{
	struct program_traits traits;

	program_traits_of(bytes, length, package, &traits);
	return traits.livereload;
}

static void command_lines(void **state)
{
	static const struct {
		const char *line, *name, *package;
	} rows[] = {
		/* By the package, whatever the script is called. */
		{"node /web/node_modules/@11ty/eleventy/cmd.cjs --serve ", "Eleventy",
			"@11ty/eleventy"},
		{"node /web/node_modules/browser-sync/dist/bin.js start --files=*.css ",
			"Browsersync", "browser-sync"},
		{"node /web/node_modules/parcel/lib/bin.js ", "Parcel", "parcel"},
		{"node /web/node_modules/nuxt/bin/nuxt.mjs dev ", "Nuxt", "nuxt"},
		{"node /web/node_modules/@nuxt/cli/bin/nuxi.mjs dev ", "Nuxt", "@nuxt/cli"},
		{"node bin.js dev ", "React Router", "@react-router/dev"},
		{"node bin.js dev ", "Rsbuild", "@rsbuild/core"},
		{"node bin.js preview ", NULL, "@rsbuild/core"},
		{"node bin.js dev docs ", "VitePress", "vitepress"},
		{"node bin.js serve docs ", "docsify", "docsify-cli"},
		{"node bin.js s --port 3 ", "docsify", "docsify-cli"},
		{"node vite.js ", NULL, ""}, /* the site's own */
		{"node next/server.js dev ", NULL, "shop"}, {"node server.js ", NULL, "node"},
		{"node server.js ", NULL, "*"}, {"deno run -A npm:vite --port 1 ", "Vite"},
		{"deno run -A npm:vite@8 ", "Vite"},
		{"deno run npm:/@rsbuild/core@2/x dev ", "Rsbuild"}, {"deno run npm:@ ", NULL},
		{"deno run npm: ", NULL}, {"bun ./index.html --port 1 ", "Bun"},
		{"/x/bun/bin/bun.exe index.html ", "Bun", ""}, {"bun run index.ts ", NULL},
		/* Switched off. */
		{"node bin.js start --proxy localhost:80 ", NULL, "browser-sync"},
		{"node bin.js start --server --watch ", "Browsersync", "browser-sync"},
		{"node bin.js serve index.html --no-hmr ", NULL, "parcel"},
		{"webpack serve --no-live-reload ", "webpack-dev-server"},
		{"webpack serve --no-live-reload --no-hot ", NULL},
		{"webpack serve --live-reload=false --no-hmr ", NULL},
		{"webpack serve --no-client ", NULL},
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
		{"node /web/node_modules/@rspack/cli/bin/rspack.js serve ", "Rspack",
			"@rspack/cli"},
		{"node /web/node_modules/@rspack/cli/bin/rspack.js build ", NULL, "@rspack/cli"},
		{"node /web/node_modules/@web/dev-server/dist/bin.js -w ", "Web Dev Server",
			"@web/dev-server"},
		{"node /web/node_modules/@web/dev-server/dist/bin.js ", NULL, "@web/dev-server"},
		{"node bin/rspress.js dev ", "Rspress", "@rspress/core"},
		{"node bin/rspress.js preview ", NULL, "@rspress/core"},
		{"node marp-cli.js -s . ", "Marp", "@marp-team/marp-cli"},
		{"node marp-cli.js deck.md ", NULL, "@marp-team/marp-cli"},
		{"node bin/reveal-md.js . -w ", "reveal-md", "reveal-md"},
		{"node bin/reveal-md.js . ", NULL, "reveal-md"},
		{"node lib/bin.js --port=1 ", "Five Server", "five-server"},
		{"node live-server.js ", "alive-server", "alive-server"},
		{"node cli.js . index.html 1 --reload ", "servor", "servor"},
		{"node cli.js . ", NULL, "servor"},
		{"node server.js vite ", NULL}, {"sh -c vite ", NULL},
		{"/usr/bin/python3 /usr/bin/uvicorn main:app --reload ", NULL},
		{"python3 -m http.server ", NULL}, {"node ", NULL}, {"", NULL},
		{"node /web/vite", NULL}, /* cut off */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_free_ char *bytes = mem_strdup(rows[i].line);
		size_t length = strlen(bytes);
		const char *name;

		arguments_end(bytes);
		name = livereload_of(bytes, length, rows[i].package);
		if (rows[i].name ? !name || strcmp(name, rows[i].name) != 0 : name != NULL) {
			fail_msg("%s: %s", rows[i].line, name ? name : "none");
		}
	}
}

static void passing_requests_on(void **state)
{
	static const struct {
		const char *line, *package;
		enum proxying proxying;
	} rows[] = {
		{"nginx ", NULL, PROXY_YES},
		{"node server.js ", NULL, PROXY_MAYBE},
		{"/x/some-program ", NULL, PROXY_MAYBE},
		{"python3 -m http.server ", NULL, PROXY_NO},
		{"node bin.js --port 1 ", "http-server", PROXY_NO},
		{"node bin.js --proxy http://localhost:1 ", "http-server", PROXY_MAYBE},
		{"http-server      ", NULL, PROXY_MAYBE}, /* its title hides its arguments */
		{"node bin.js --proxy=/api:http://localhost:1 ", "live-server", PROXY_MAYBE},
		{"node bin.js start --proxy localhost:1 ", "browser-sync", PROXY_MAYBE},
		{"node bin.js start --server ", "browser-sync", PROXY_RARELY},
		{"node bin.js --port 1 ", "vite", PROXY_RARELY},
		{"python3 /usr/bin/uvicorn main:app ", NULL, PROXY_RARELY},
		{"python3 manage.py runserver ", NULL, PROXY_RARELY},
		{"/usr/bin/python3 /usr/bin/gunicorn main:app ", NULL, PROXY_RARELY},
		{"ruby bin/rails server ", NULL, PROXY_RARELY},
		{"puma 5.6.5 (tcp://localhost:1) [site] ", NULL, PROXY_RARELY},
		{"darkhttpd /site ", NULL, PROXY_NO},
		{"node bin.js site ", "serve", PROXY_NO},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_free_ char *bytes = mem_strdup(rows[i].line);
		size_t length = strlen(bytes);
		struct program_traits traits;

		arguments_end(bytes);
		program_traits_of(bytes, length, rows[i].package, &traits);
		if (traits.proxying != rows[i].proxying) {
			fail_msg("%s: %d", rows[i].line, (int)traits.proxying);
		}
	}
}

static void more_arguments_than_the_limit(void **state)
{
	char bytes[4096];

	memset(bytes, 0, sizeof bytes);
	assert_null(livereload_of(bytes, sizeof bytes, NULL));
	memcpy(bytes, "vite", 5);
	assert_string_equal(livereload_of(bytes, sizeof bytes, NULL), "Vite");
	memset(bytes + 5, 'x', sizeof bytes - 6);
	assert_string_equal(livereload_of(bytes, sizeof bytes, NULL), "Vite");
}

static struct program_traits traits_of(const char *line)
{
	_cleanup_free_ char *bytes = mem_strdup(line);
	size_t length = strlen(bytes) + 1;
	struct program_traits traits;

	arguments_end(bytes);
	program_traits_of(bytes, length, NULL, &traits);
	return traits;
}

/* What a save does to each program before the daemon has seen it happen. */
static void what_restarts(void **state)
{
	static const struct {
		const char *line, *starter, *suffix;
		enum traits_answer answer;
	} rows[] = {
		{"python3 /usr/bin/uvicorn main:app --reload", NULL, "py", TRAITS_RESTARTS},
		{"python3 /usr/bin/uvicorn main:app --reload", NULL, "html", TRAITS_STAYS},
		{"python3 /usr/bin/uvicorn main:app --reload --reload-include=*.html", NULL, "html",
			TRAITS_UNKNOWN},
		{"python3 /usr/bin/uvicorn main:app", NULL, "py", TRAITS_STAYS},
		{"python3 -m flask --app app --debug run", NULL, "py", TRAITS_RESTARTS},
		{"python3 -m flask --app app --debug run --no-reload", NULL, "py", TRAITS_UNKNOWN},
		{"python3 manage.py runserver 8000", NULL, "py", TRAITS_RESTARTS},
		{"python3 manage.py runserver --noreload", NULL, "py", TRAITS_UNKNOWN},
		{"python3 app.py --reload", NULL, "py", TRAITS_UNKNOWN},
		{"python3 -m pyramid.scripts.pserve site.ini --reload", NULL, "py", TRAITS_RESTARTS},
		{"python3 -m site.main", NULL, "py", TRAITS_UNKNOWN},
		{"/usr/bin/uwsgi --wsgi-file main.py --py-autoreload 1", NULL, "py", TRAITS_RESTARTS},
		{"/usr/bin/uwsgi --ini site.ini", NULL, "py", TRAITS_UNKNOWN},
		{"/usr/bin/uwsgi --wsgi-file main.py", NULL, "py", TRAITS_STAYS},
		{"/usr/bin/uwsgi --wsgi-file main.py --touch-reload x", NULL, "py", TRAITS_UNKNOWN},
		{"ruby /usr/bin/puma -b tcp://127.0.0.1:8000", NULL, "rb", TRAITS_UNKNOWN},
		{"python3 -c pass", "python3 /usr/bin/hupper -m app", "py", TRAITS_RESTARTS},
		{"node --watch server.js", NULL, "js", TRAITS_RESTARTS},
		{"node --loader ts-node/esm --watch server.ts", NULL, "ts", TRAITS_RESTARTS},
		{"node --watch-path ./src server.js", NULL, "js", TRAITS_RESTARTS},
		{"node --watch-path=./src server.js", NULL, "html", TRAITS_UNKNOWN},
		{"node server.js --watch", NULL, "js", TRAITS_UNKNOWN},
		{"node server.js", "node /web/node_modules/.bin/nodemon server.js", "js",
			TRAITS_RESTARTS},
		{"node server.js", "node /web/node_modules/.bin/nodemon server.js", "html",
			TRAITS_STAYS},
		{"node server.js", "node /web/node_modules/.bin/nodemon -e js,html server.js",
			"html", TRAITS_RESTARTS},
		{"node server.js", "node /web/node_modules/.bin/nodemon --ext .ts server.js", "js",
			TRAITS_STAYS},
		{"node --require x server.ts", "node /web/node_modules/.bin/tsx watch server.ts",
			"ts", TRAITS_RESTARTS},
		{"node --require x server.ts", "node /web/node_modules/.bin/tsx server.ts", "ts",
			TRAITS_UNKNOWN},
		{"node server.js", "node /web/node_modules/.bin/supervisor -q -- server.js", "js",
			TRAITS_RESTARTS},
		{"node server.js", "node /web/node_modules/.bin/supervisor -- server.js", "html",
			TRAITS_STAYS},
		{"node server.js", "node /web/node_modules/.bin/supervisor -e js,html -- server.js",
			"html", TRAITS_RESTARTS},
		{"node server.js", "node /web/node_modules/.bin/forever -w server.js", "js",
			TRAITS_RESTARTS},
		{"node server.js", "node /web/node_modules/.bin/forever server.js", "js",
			TRAITS_UNKNOWN},
		{"node fork.js", "node /web/node_modules/.bin/fastify start -w app.js", "js",
			TRAITS_RESTARTS},
		{"node fork.js", "node /web/node_modules/.bin/fastify start -w app.js", "html",
			TRAITS_UNKNOWN},
		{"main", "reflex -s -r \\.(go|tmpl)$ -- go run main.go", "go", TRAITS_RESTARTS},
		{"main", "reflex -s -r \\.(go|tmpl)$ -- go run main.go", "tmpl", TRAITS_RESTARTS},
		{"main", "reflex -s -r \\.(go|tmpl)$ -- go run main.go", "html", TRAITS_UNKNOWN},
		{"main", "reflex --glob=**/*.go -- go run main.go", "go", TRAITS_RESTARTS},
		{"main", "reflex -r ^src/ -- go run main.go", "go", TRAITS_UNKNOWN},
		{"main", "reflex -- go run main.go", "go", TRAITS_RESTARTS},
		{"bun --watch server.ts 8000", NULL, "ts", TRAITS_RESTARTS},
		{"bun --hot server.ts 8000", NULL, "ts", TRAITS_OLD},
		{"deno run --watch -A server.ts", NULL, "ts", TRAITS_RESTARTS},
		{"deno serve --watch --port 8000 server.ts", NULL, "ts", TRAITS_RESTARTS},
		{"deno serve --port 8000 --watch server.ts", NULL, "ts", TRAITS_RESTARTS},
		{"bun --port 8000 --watch server.ts", NULL, "ts", TRAITS_RESTARTS},
		{"python3 app.py", "entr -rn python3 app.py", "py", TRAITS_RESTARTS},
		{"python3 app.py", "entr -rn python3 app.py", "html", TRAITS_UNKNOWN},
		{"python3 -m http.server", "entr -r python3 -m http.server", "py", TRAITS_RESTARTS},
		{"python3 -m http.server 8000", NULL, "html", TRAITS_STAYS},
		{"python3 -m http.server 8000", NULL, "py", TRAITS_STAYS},
		{"/usr/sbin/nginx -p /web", NULL, "html", TRAITS_STAYS},
		{"/usr/sbin/nginx -p /web", NULL, "php", TRAITS_OLD},
		{"php -S localhost:8000 -t public", NULL, "php", TRAITS_OLD},
		{"php -S localhost:8000 -t public", NULL, "html", TRAITS_STAYS},
		{"perl /usr/bin/morbo app.pl", NULL, "ep", TRAITS_RESTARTS},
		{"perl /usr/bin/plackup -r app.psgi", NULL, "psgi", TRAITS_RESTARTS},
		{"perl /usr/bin/plackup app.psgi", NULL, "psgi", TRAITS_STAYS},
		{"ruby -run -e httpd . -p 8000", NULL, "html", TRAITS_STAYS},
		{"ruby app.rb", NULL, "rb", TRAITS_UNKNOWN},
		{"/opt/my-server", NULL, "py", TRAITS_UNKNOWN},
		{"", NULL, "", TRAITS_UNKNOWN},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct program_traits traits = traits_of(rows[i].line), starter;
		enum traits_answer answer;

		if (rows[i].starter) {
			starter = traits_of(rows[i].starter);
			program_traits_add(&traits, &starter);
		}
		answer = program_traits_ask(&traits, rows[i].suffix);
		if (answer != rows[i].answer) {
			fail_msg("%s, a .%s: %d, not %d", rows[i].line, rows[i].suffix, answer,
				rows[i].answer);
		}
	}
}

static void marks_in_the_environment(void **state)
{
	static const char marked[] = "HOME=/root\0WERKZEUG_RUN_MAIN=true\0X=1";
	static const char like[] = "NO_RUN_MAIN=true\0RUN_MAIN=trues";
	struct program_traits traits = traits_of("python3 app.py");

	program_traits_add_environment(&traits, like, sizeof like);
	assert_int_equal(program_traits_ask(&traits, "py"), TRAITS_UNKNOWN);
	program_traits_add_environment(&traits, "", 0);
	program_traits_add_environment(&traits, marked, sizeof marked);
	assert_int_equal(program_traits_ask(&traits, "py"), TRAITS_RESTARTS);
	assert_int_equal(program_traits_ask(&traits, "html"), TRAITS_STAYS);
}

/* The command line of PM2's daemon does not say what it watches; "watch" alone may be anyone's. */
static void a_worker_of_pm2(void **state)
{
	static const char other[] = "watch=true\0xpm_id=0", off[] = "pm_id=0\0watch=false";
	static const char on[] = "xwatch=true\0pm_id=0\0watch=true";
	struct program_traits traits = traits_of("node server.js");

	program_traits_add_environment(&traits, other, sizeof other);
	program_traits_add_environment(&traits, off, sizeof off);
	assert_int_equal(program_traits_ask(&traits, "js"), TRAITS_UNKNOWN);
	program_traits_add_environment(&traits, on, sizeof on);
	assert_int_equal(program_traits_ask(&traits, "js"), TRAITS_RESTARTS);
	assert_int_equal(program_traits_ask(&traits, "html"), TRAITS_UNKNOWN);
}

/* It has replaced its arguments; its file is known. */
static void a_program_of_another_name(void **state)
{
	static const char bytes[] = "app.pl";
	struct program_traits traits;

	program_traits_of(bytes, sizeof bytes, NULL, &traits);
	assert_false(traits.known);
	assert_true(program_traits_is_code(&traits, "html")); /* nothing is known */
	program_traits_of_file("perl", bytes, sizeof bytes, &traits);
	assert_true(traits.known);
	assert_true(program_traits_is_code(&traits, "pl"));
	assert_true(program_traits_is_code(&traits, "ep"));
	assert_false(program_traits_is_code(&traits, "html"));
	program_traits_of_file(NULL, bytes, sizeof bytes, &traits);
	assert_false(traits.known);
	program_traits_of_file("", "", 0, &traits);
	assert_false(traits.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_restarts),
		cmocka_unit_test(a_program_of_another_name),
		cmocka_unit_test(marks_in_the_environment),
		cmocka_unit_test(a_worker_of_pm2),
		cmocka_unit_test(command_lines),
		cmocka_unit_test(passing_requests_on),
		cmocka_unit_test(more_arguments_than_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
