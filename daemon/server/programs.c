/* SPDX-License-Identifier: MIT */
#include "server/programs.h"

#define PYTHON_CODE " py "
#define RUBY_CODE " rb ru "
#define PERL_CODE " pl pm psgi "
#define PHP_CODE " php phtml inc "
#define NODE_SKIPPED                                                                               \
	" -r --require --import --loader --experimental-loader -C --conditions --env-file "        \
	"--watch-path "

/* How late a server notices a change, in ms: with a stat() each second, each 250 ms, or inotify. */
enum { EACH_SECOND = 1500, EACH_QUARTER = 700, AT_ONCE = 350 };

/*
 * opcache.revalidate_freq is 2 s, in whole seconds of the clock: a file that was checked is
 * checked again only when the third second after that begins.
 */
enum { PHP_OLD = 3000 };
#define PHP_BEHIND                                                                                 \
	.stays = "", .old = "", .old_suffixes = PHP_CODE, .old_msec = PHP_OLD, .old_by_second = true

/* With these, other files may restart it, or its configuration file may name them. */
#define UWSGI_WIDENS                                                                               \
	" --touch-reload --touch-workers-reload --touch-chain-reload --fs-reload "                 \
	"--fs-brutal-reload --ini --yaml "

/* '\.(go|tmpl)$' has suffixes; of other patterns, such as '^src/', nothing is known. */
#define REFLEX_PATTERNS " -r --regex -g --glob "

/* Two names of the same program. */
#define NODE_RUNS                                                                                  \
	.rest = REST_SCRIPT, .packaged = true, .skipped = NODE_SKIPPED,                            \
	.restarts = " --watch --watch-path ", .suffixes = SCRIPT_CODE, .widens = " --watch-path ", \
	.notice_msec = 450, .language = SCRIPT_CODE

const struct program programs[] = {
	/* Programs that run a script. Many reloaders of Python check each second. */
	{.name = "python*", .rest = REST_SCRIPT, .skipped = " -W -X ",
		.notice_msec = EACH_SECOND,
		.language = PYTHON_CODE},
	{.name = "node", NODE_RUNS},
	{.name = "nodejs", NODE_RUNS},
	{.name = "bun",
		.rest = REST_SCRIPT,
		.packaged = true,
		.folders = " --cwd ",
		.skipped = " -r --preload --port --define --loader --tsconfig-override ",
		.restarts = " --watch ",
		.suffixes = SCRIPT_CODE,
		.notice_msec = AT_ONCE,
		.old = " --hot ",
		.old_suffixes = SCRIPT_CODE,
		.old_msec = 60,
		.language = SCRIPT_CODE},
	{.name = "deno",
		.rest = REST_SCRIPT,
		.packaged = true,
		.skipped = " -c --config --import-map --host --port --cert --location --seed -L "
			   "--log-level ",
		.restarts = " --watch --watch-hmr ",
		.suffixes = SCRIPT_CODE,
		.notice_msec = 450,
		.language = SCRIPT_CODE},
	{.name = "ruby*", .rest = REST_SCRIPT, .folders = " -C ", .skipped = " -I -r ",
		.stays = " -run ",
		.notice_msec = EACH_SECOND,
		.language = RUBY_CODE},
	{.name = "perl", .rest = REST_SCRIPT, .skipped = " -I -M ", .notice_msec = EACH_SECOND,
		.language = PERL_CODE " ep epl "},
	{.name = "php",
		.rest = REST_SCRIPT,
		.folders = " -t --docroot ",
		.skipped = " -S --server -d --define -c --php-ini ",
		PHP_BEHIND,
		.language = PHP_CODE},
	{.name = "*sh", .rest = REST_SCRIPT},
	/* Tomcat checks a page every 4 s; while one request compiles it, others get the old one. */
	{.name = "java",
		.language = " java class jar kt scala ",
		.old = " org.apache.catalina.startup.Bootstrap ",
		.old_suffixes = " jsp jspx tag ",
		.old_msec = 6000},

	/* Python's. */
	{.name = "http.server",
		.only_files = true,
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
	{.name = "hupper*", .restarts = "", .suffixes = PYTHON_CODE, .notice_msec = EACH_SECOND},
	{.name = "uwsgi*",
		.folders = " --chdir --pythonpath --pp ",
		.restarts = " --py-autoreload --py-auto-reload --python-autoreload "
			    "--python-auto-reload --py-autoreload-on-edit ",
		.suffixes = PYTHON_CODE,
		.widens = UWSGI_WIDENS,
		.notice_msec = 2500,
		.stays = " --wsgi-file --module -w ",
		.stays_denies = UWSGI_WIDENS,
		.language = PYTHON_CODE},
	{.name = "watchmedo",
		.restarts = " auto-restart ",
		.suffixes = "*",
		.notice_msec = EACH_SECOND},

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
	/* Its plugin for tmp/restart.txt, which Rails switches on, starts it again in place. */
	{.name = "puma", .folders = " --dir "},
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
	{.name = "beam.smp", .stays = ""},

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
	{.name = "reflex",
		.restarts = "",
		.suffixes = "*",
		.suffix_option = REFLEX_PATTERNS,
		.widens = REFLEX_PATTERNS,
		.notice_msec = 700},
	{.name = "cargo-watch",
		.restarts = "",
		.suffixes = " rs toml ",
		.widens = " -w ",
		.notice_msec = 2500},
	{.name = "dotnet",
		.restarts = " watch ",
		.suffixes = " cs fs vb razor cshtml csproj ",
		.notice_msec = 2500},

	{.name = "rerun", .restarts = "", .suffixes = " rb ru erb haml slim ", .notice_msec = 1500},
	{.name = "watchfiles", .restarts = "", .suffixes = "*", .notice_msec = 700},

	/* Servers of files, and proxies. */
	{.name = "haproxy", .proxy = true, .files = " -f "},
	{.name = "traefik", .proxy = true},
	{.name = "envoy", .proxy = true, .files = " -c --config-path "},
	{.name = "varnishd", .proxy = true, .files = " -f "},
	{.name = "systemd-socket-proxyd", .proxy = true},
	{.name = "caddy", .proxy = true, .folders = " --root -r ", .files = " --config -c ", PHP_BEHIND},
	{.name = "nginx", .proxy = true, .folders = " -p ", .files = " -c ", PHP_BEHIND},
	{.name = "apache2", .proxy = true, .files = " -f ", .folders = " -d ", PHP_BEHIND},
	{.name = "httpd", .proxy = true, .files = " -f ", .folders = " -d ", PHP_BEHIND},
	{.name = "lighttpd", .proxy = true, .files = " -f ", PHP_BEHIND},
	{.name = "h2o", .proxy = true, .files = " -c --conf ", PHP_BEHIND},
	{.name = "php-[fc]*", .backend = true, PHP_BEHIND}, /* fpm, cgi */
	{.name = "darkhttpd",
		.only_files = true,
		.rest = REST_FOLDER,
		.skipped = " --port --addr --index ",
		.stays = ""},
	{.name = "busybox", .folders = " -h ", .skipped = " -p -u -c -r -d -e -m ", .stays = ""},
	{.name = "webfsd", .only_files = true, .folders = " -r ", .stays = ""},
	{.name = "mini_httpd", .only_files = true, .folders = " -d ", .stays = ""},
	{0},
};
