/* SPDX-License-Identifier: MIT */
#include "server/programs.h"

#include <fnmatch.h>

#include "util/mem.h"

#define PYTHON_CODE " py "
#define RUBY_CODE " rb ru "
#define PERL_CODE " pl pm psgi "
#define PHP_CODE " php phtml inc "
#define SCRIPT_CODE " js mjs cjs jsx ts mts cts tsx json "
#define NODE_SKIPPED " -r --require --import -C --conditions --env-file "

/* How late a server notices a change, in ms: with a stat() each second, each 250 ms, or inotify. */
enum { EACH_SECOND = 1300, EACH_QUARTER = 700, AT_ONCE = 350 };

/*
 * opcache.revalidate_freq is 2 s, in whole seconds of the clock: a file that was checked is
 * checked again only when the third second after that begins.
 */
enum { PHP_OLD = 3000 };
#define PHP_BEHIND                                                                                 \
	.stays = "", .old = "", .old_suffixes = PHP_CODE, .old_msec = PHP_OLD, .old_by_second = true

/* Two names of the same program. */
#define NODE_RUNS                                                                                  \
	.rest = REST_SCRIPT, .skipped = NODE_SKIPPED, .restarts = " --watch --watch-path ",        \
	.suffixes = SCRIPT_CODE, .widens = " --watch-path ", .notice_msec = 450,                   \
	.language = SCRIPT_CODE

static const struct program programs[] = {
	/* Programs that run a script. */
	/* The reloaders of many Python frameworks check each second. */
	{.name = "python*",
		.rest = REST_SCRIPT,
		.skipped = " -W -X ",
		.notice_msec = EACH_SECOND,
		.language = PYTHON_CODE},
	{.name = "node", NODE_RUNS},
	{.name = "nodejs", NODE_RUNS},
	{.name = "bun",
		.rest = REST_SCRIPT,
		.folders = " --cwd ",
		.skipped = " -r --preload ",
		.restarts = " --watch ",
		.suffixes = SCRIPT_CODE,
		.notice_msec = AT_ONCE,
		.old = " --hot ",
		.old_suffixes = SCRIPT_CODE,
		.old_msec = 60,
		.language = SCRIPT_CODE},
	{.name = "deno",
		.rest = REST_SCRIPT,
		.restarts = " --watch --watch-hmr ",
		.suffixes = SCRIPT_CODE,
		.notice_msec = 450,
		.language = SCRIPT_CODE},
	{.name = "ruby*",
		.rest = REST_SCRIPT,
		.folders = " -C ",
		.skipped = " -I -r ",
		.stays = " -run ",
		.language = RUBY_CODE},
	{.name = "perl", .rest = REST_SCRIPT, .skipped = " -I -M ", .language = PERL_CODE},
	{.name = "php",
		.rest = REST_SCRIPT,
		.folders = " -t --docroot ",
		.skipped = " -S --server -d --define -c --php-ini ",
		PHP_BEHIND,
		.language = PHP_CODE},
	{.name = "bash", .rest = REST_SCRIPT},
	{.name = "sh", .rest = REST_SCRIPT},
	{.name = "java",
		.language = " java class jar kt scala ",
		.old = " org.apache.catalina.startup.Bootstrap ",
		.old_suffixes = " jsp jspx tag ",
		.old_msec = 4000},

	/* Python's. */
	{.name = "http.server",
		.folders = " -d --directory ",
		.skipped = " -b --bind -p --protocol ",
		.stays = ""},
	{.name = "uvicorn",
		.folders = " --app-dir ",
		.restarts = " --reload ",
		.suffixes = PYTHON_CODE,
		.widens = " --reload-include ",
		.notice_msec = EACH_QUARTER,
		.stays = ""},
	{.name = "fastapi",
		.restarts = " dev --reload ",
		.suffixes = PYTHON_CODE,
		.notice_msec = EACH_QUARTER},
	{.name = "gunicorn",
		.folders = " --chdir --pythonpath ",
		.restarts = " --reload ",
		.suffixes = PYTHON_CODE,
		.widens = " --reload-extra-file ",
		.notice_msec = EACH_SECOND,
		.stays = ""},
	{.name = "hypercorn",
		.restarts = " --reload ",
		.suffixes = PYTHON_CODE,
		.notice_msec = EACH_SECOND,
		.stays = ""},
	{.name = "waitress-serve", .stays = ""},
	{.name = "daphne", .stays = ""},
	{.name = "twist*", .folders = " --path ", .stays = ""},
	{.name = "flask",
		.files = " --app -A ",
		.restarts = " --debug --reload ",
		.restarts_denies = " --no-reload ",
		.suffixes = PYTHON_CODE,
		.widens = " --extra-files ",
		.notice_msec = EACH_SECOND},
	{.name = "quart",
		.restarts = " --debug --reload ",
		.restarts_denies = " --no-reload ",
		.suffixes = PYTHON_CODE,
		.notice_msec = EACH_SECOND},
	{.name = "django-admin",
		.folders = " --pythonpath ",
		.restarts = " runserver runserver_plus ",
		.restarts_denies = " --noreload --nothreading ",
		.suffixes = PYTHON_CODE,
		.notice_msec = EACH_SECOND},
	{.name = "manage",
		.of_site = true,
		.restarts = " runserver runserver_plus ",
		.restarts_denies = " --noreload ",
		.suffixes = PYTHON_CODE,
		.notice_msec = EACH_SECOND},
	{.name = "sanic",
		.restarts = " --dev --auto-reload --reload -r -d ",
		.suffixes = PYTHON_CODE,
		.notice_msec = EACH_SECOND},
	{.name = "litestar",
		.restarts = " --reload -r ",
		.suffixes = PYTHON_CODE,
		.notice_msec = EACH_QUARTER},
	{.name = "pserve",
		.restarts = " --reload ",
		.suffixes = PYTHON_CODE,
		.notice_msec = EACH_SECOND,
		.stays = ""},
	{.name = "watchmedo",
		.restarts = " auto-restart ",
		.suffixes = "*",
		.notice_msec = EACH_SECOND},

	/* Node's. */
	{.name = "nodemon",
		.restarts = "",
		.suffixes = " js mjs cjs coffee litcoffee json ",
		.suffix_option = " -e --ext ",
		.widens = " --config ",
		.notice_msec = 600},
	{.name = "node-dev", .restarts = "", .suffixes = SCRIPT_CODE, .notice_msec = 600},
	{.name = "ts-node-dev", .restarts = "", .suffixes = SCRIPT_CODE, .notice_msec = 600},
	{.name = "tsnd", .restarts = "", .suffixes = SCRIPT_CODE, .notice_msec = 600},
	{.name = "tsx",
		.restarts = " watch ",
		.suffixes = SCRIPT_CODE,
		.widens = " --include ",
		.notice_msec = 600},
	{.name = "nest", .restarts = " --watch -w ", .suffixes = SCRIPT_CODE, .notice_msec = 1500},
	{.name = "json-server",
		.restarts = " --watch -w ",
		.suffixes = " json js ",
		.notice_msec = 600,
		.stays = ""},
	{.name = "serve",
		.rest = REST_FOLDER,
		.skipped = " -l --listen -c --config -p --port ",
		.stays = ""},
	{.name = "http-server",
		.rest = REST_FOLDER,
		.skipped = " -p --port -a -c -d -P -C -K -i -g -e ",
		.stays = ""},
	{.name = "live-server*", .rest = REST_FOLDER, .livereload = "live-server", .stays = ""},
	{.name = "browser-sync",
		.folders = " --server -s --files ",
		.skipped = " --port --proxy ",
		.livereload = "Browsersync",
		.stays = ""},
	{.name = "vite",
		.rest = REST_FOLDER,
		.files = " -c --config ",
		.skipped = " --port --host -m --mode -l -d -f ",
		.livereload = "Vite",
		.livereload_denies = " build preview optimize "},
	{.name = "next",
		.rest = REST_FOLDER,
		.skipped = " -p --port -H --hostname ",
		.livereload = "Next",
		.livereload_denies = " build start export lint info telemetry "},
	{.name = "astro",
		.folders = " --root ",
		.livereload = "Astro",
		.livereload_needs = " dev "},
	{.name = "nuxt", .livereload = "Nuxt", .livereload_needs = " dev "},
	{.name = "nuxi*", .livereload = "Nuxt", .livereload_needs = " dev "},
	{.name = "ng",
		.livereload = "Angular",
		.livereload_needs = " serve s dev ",
		.livereload_denies = " --no-live-reload --live-reload=false "},
	{.name = "vue-cli-service*", .livereload = "Vue CLI", .livereload_needs = " serve "},
	{.name = "gatsby*", .livereload = "Gatsby", .livereload_needs = " develop "},
	{.name = "parcel", .livereload = "Parcel", .livereload_denies = " build watch "},
	{.name = "webpack-dev-server*",
		.livereload = "webpack-dev-server",
		.livereload_denies = " --no-live-reload "},
	/* The empty word: the program has replaced its arguments with its own name. */
	{.name = "webpack",
		.livereload = "webpack-dev-server",
		.livereload_needs = " serve server s  ",
		.livereload_denies = " --no-live-reload "},
	{.name = "webpack-cli*",
		.livereload = "webpack-dev-server",
		.livereload_needs = " serve server s ",
		.livereload_denies = " --no-live-reload "},
	{.name = "eleventy",
		.folders = " --input ",
		.livereload = "Eleventy",
		.livereload_needs = " --serve "},
	{.name = "workerd", .stays = "", .old = "", .old_suffixes = "*", .old_msec = 150},

	/* Site builders. */
	{.name = "hugo",
		.folders = " -s --source ",
		.livereload = "Hugo",
		.livereload_needs = " server serve ",
		.livereload_denies =
			" --disableLiveReload --disableLiveReload=true --watch=false -w=false ",
		.stays = "",
		.old = " server serve ",
		.old_suffixes = "*",
		.old_msec = 150},
	{.name = "jekyll",
		.folders = " -s --source ",
		.livereload = "Jekyll",
		.livereload_needs = " --livereload -l ",
		.stays = ""},
	{.name = "mkdocs",
		.files = " -f --config-file ",
		.livereload = "MkDocs",
		.livereload_needs = " serve ",
		.livereload_denies = " --no-livereload ",
		.stays = ""},

	/* Ruby's and Perl's. */
	{.name = "puma", .folders = " --dir ", .stays = ""},
	{.name = "rackup", .rest = REST_SCRIPT, .stays = ""},
	{.name = "rails", .of_site = true, .stays = ""},
	{.name = "unicorn*", .stays = ""},
	{.name = "thin", .stays = ""},
	{.name = "morbo",
		.restarts = "",
		.suffixes = " pl pm ep epl ",
		.widens = " -w --watch ",
		.notice_msec = EACH_SECOND},
	{.name = "plackup",
		.restarts = " -r --reload -R --Reload ",
		.suffixes = PERL_CODE,
		.widens = " -R --Reload ",
		.notice_msec = EACH_SECOND,
		.stays = ""},
	{.name = "starman", .stays = ""},

	/* Programs that restart another program. */
	{.name = "entr", .restarts = "", .suffixes = "*", .notice_msec = AT_ONCE},
	{.name = "watchexec",
		.restarts = "",
		.suffixes = "*",
		.suffix_option = " -e --exts ",
		.notice_msec = 500},
	{.name = "air",
		.restarts = "",
		.suffixes = " go tpl tmpl html ",
		.widens = " -c ",
		.notice_msec = 2500},
	{.name = "reflex", .restarts = "", .suffixes = "*", .notice_msec = 700},
	{.name = "cargo-watch",
		.restarts = "",
		.suffixes = " rs toml ",
		.widens = " -w ",
		.notice_msec = 2500},
	{.name = "dotnet",
		.restarts = " watch ",
		.suffixes = " cs fs vb razor cshtml csproj ",
		.notice_msec = 2500},

	/* Servers of files, and proxies. */
	{.name = "caddy", .folders = " --root -r ", .files = " --config -c ", PHP_BEHIND},
	{.name = "nginx", .folders = " -p ", .files = " -c ", PHP_BEHIND},
	{.name = "apache2", .files = " -f ", .folders = " -d ", PHP_BEHIND},
	{.name = "httpd", .files = " -f ", .folders = " -d ", PHP_BEHIND},
	{.name = "lighttpd", .files = " -f ", PHP_BEHIND},
	{.name = "h2o", .files = " -c --conf ", PHP_BEHIND},
	{.name = "php-fpm*", PHP_BEHIND},
	{.name = "php-cgi*", PHP_BEHIND},
	{.name = "darkhttpd",
		.rest = REST_FOLDER,
		.skipped = " --port --addr --index ",
		.stays = ""},
	{.name = "busybox", .folders = " -h ", .skipped = " -p -u -c -r -d -e -m ", .stays = ""},
	{.name = "webfsd", .folders = " -r ", .stays = ""},
	{.name = "mini_httpd", .folders = " -d ", .stays = ""},
	{.name = "beam.smp", .stays = ""},
};

const struct program *program_find(const char *name)
{
	const char *slash = strrchr(name, '/');
	_cleanup_free_ char *file = mem_strndup(slash ? slash + 1 : name, 64);
	static const char *const endings[] = {".py", ".js", ".mjs", ".cjs", ".rb"};

	for (size_t i = 0; i < COUNT_OF(endings); i++) {
		size_t length = strlen(file), ending = strlen(endings[i]);

		if (length > ending && strcmp(file + length - ending, endings[i]) == 0) {
			file[length - ending] = '\0';
			break;
		}
	}
	for (size_t i = 0; i < COUNT_OF(programs); i++) {
		if (fnmatch(programs[i].name, file, 0) == 0) {
			return &programs[i];
		}
	}
	return NULL;
}

bool program_lists(const char *list, const char *word, size_t length)
{
	const char *at = list;

	if (!list || !length) {
		return list && strstr(list, "  ");
	}
	for (; (at = memmem(at, strlen(at), word, length)); at++) {
		if (at > list && at[-1] == ' ' && at[length] == ' ') {
			return true;
		}
	}
	return false;
}
