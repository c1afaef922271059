/* SPDX-License-Identifier: MIT */
#include "config/setting.h"

#include "config/setting-type.h"
#include "util/mem.h"

struct setting {
	const char *key;
	const struct setting_type *type;
	bool daemons;	      /* the field is in struct daemon_settings */
	size_t offset;	      /* of the field */
	const char *fallback; /* the default, as it would be written; NULL: none */
	const char *example;  /* values, one per line */
	const char *text;
};

#define OF_PROJECT(field) .offset = offsetof(struct project_settings, field)
#define OF_DAEMON(field) .daemons = true, .offset = offsetof(struct daemon_settings, field)

static const struct setting settings[] = {
	{
		"port",
		&setting_port,
		OF_DAEMON(port),
		.fallback = "7283",
		.example = "7300",
		.text = "The port on 127.0.0.1 and ::1 to which browsers connect. Set the same port\n"
			"in the extension's settings. If savecast.socket is enabled, systemd opens the\n"
			"port instead of the daemon; `savecast set port 7300` changes both.",
	},
	{
		"url",
		&setting_urls,
		OF_PROJECT(url),
		.example = "http://shop.test\nhttps://localhost:8443/admin/*",
		.text = "A tab with such a URL shows this project, whichever server answers. Use this for\n"
			"reverse proxies, containers and remote machines. It overrides what the daemon\n"
			"finds out by itself. If rules of several projects match, the most specific one\n"
			"applies: first the longer host, then a port, then the longer path.\n"
			"In a .savecast, it takes effect only if you trust it.",
	},
	{
		"ignore",
		&setting_patterns,
		OF_PROJECT(ignore),
		.example = "*.log\n/var/",
		.text = "A save of such a file does nothing. Always ignored: backup and temporary files of\n"
			"editors (4913, *~, *.swp, .#x, #x#) and everything in .git. Files that .gitignore\n"
			"ignores are ignored too, unless `gitignored` is true.",
	},
	{
		"include",
		&setting_outside,
		OF_PROJECT(include),
		.example = "../shared/**\n~/themes/*.css",
		.text = "Files outside the root that also belong to this project. A save of such a file\n"
			"is an event in this project, and also in the project that contains the file.\n"
			"savecast watches at most 16 such folders, like those of the project.\n"
			"In a .savecast, a pattern that leaves the root takes effect only if you trust it.",
	},
	{
		"action",
		&setting_actions,
		OF_PROJECT(action),
		.example = "none /docs/\ncss /theme/*.toml\npage /static/theme.css",
		.text = "What a save of such a file does: `page` reloads the page, `css` replaces its\n"
			"style sheets, `image` replaces its images, `none` does nothing. If the page has\n"
			"not loaded a file of that name, all its style sheets or images are loaded again.\n"
			"If several rules match, the last one applies. Without a rule it depends on the\n"
			"kind of file.",
	},
	{
		"output",
		&setting_outputs,
		OF_PROJECT(output),
		.example = "/dist/*.css",
		.text = "Files that a build writes. Such a file counts as saved when it changes on disk,\n"
			"even if .gitignore ignores it. The pattern is always relative to the root; the\n"
			"name of a folder means all files in it. In a .savecast, a pattern whose folder\n"
			"a symbolic link leads out of the root takes effect only if you trust it.",
	},
	{
		"output-quiet",
		&setting_time,
		OF_PROJECT(output_quiet),
		.fallback = "50",
		.example = "300",
		.text = "A build's output counts as complete after this time without another write. If a\n"
			"builder pauses longer between the files of one rebuild, savecast then waits longer.",
	},
	{
		"watch",
		&setting_watch,
		OF_PROJECT(watch),
		.example = "false\nsrc/**\ntemplates/",
		.text = "Whether a file counts as saved when any program changes it on disk, while a tab\n"
			"shows the project. With a pattern, only files that match it count. By default\n"
			"all files count except: those that `ignore` and .gitignore exclude; those that\n"
			"programs write for their own use (*.log, *.pyc, databases); those in folders of\n"
			"version control, packages and caches (.hg, node_modules, __pycache__); and those\n"
			"on network and FUSE file systems, because Linux does not report what other\n"
			"machines write there. `true` watches these file systems too. A file that a program\n"
			"keeps open, or mapped into memory, counts when the program closes it. What is\n"
			"written by another name of a file (a hard link) outside the project counts, too,\n"
			"for 512 such files, if the name existed when savecast read the file.",
	},
	{
		"watch-folders",
		&setting_count,
		OF_PROJECT(watch_folders),
		.fallback = "8192",
		.example = "20000",
		.text = "At most this many folders of the project are watched, those nearest to the root.\n"
			"`savecast status` says when there are more.",
	},
	{
		"gitignored",
		&setting_bool,
		OF_PROJECT(gitignored),
		.fallback = "false",
		.example = "true",
		.text = "Whether a save of a file counts even if .gitignore ignores that file.",
	},
	{
		"unchanged",
		&setting_bool,
		OF_PROJECT(unchanged),
		.fallback = "false",
		.example = "true",
		.text = "Whether a save counts even if it changed no byte of the file. A save with too\n"
			"much to compare always counts: more than 1 MiB for a save from an editor, more\n"
			"than 256 MiB for files from git or a build.",
	},
	{
		"reload",
		&setting_reload,
		OF_PROJECT(patch),
		.fallback = "patch",
		.example = "reload",
		.text = "What the extension does when a page may have changed, on sites for which it has\n"
			"the user's permission. `patch`: it requests the new HTML and changes in place what\n"
			"differs. It reloads the page only if a reload might show something else, and\n"
			"leaves the page as it is while the server answers with an error. `reload`: it\n"
			"reloads the page, even if that shows an error. An element with the attribute\n"
			"data-savecast-reload is never patched, nor is anything in it.",
	},
	{
		"problems",
		&setting_problems,
		OF_PROJECT(problems),
		.fallback = "error, rejection, resource, blocked, document",
		.example = "console\nno-resource",
		.text = "Which problems of a page savecast reports. A word adds one kind of problem to the\n"
			"default, a word with `no-` before it removes one; an empty value removes all.\n"
			"`error`: uncaught errors; `rejection`: promises whose rejection nothing handles;\n"
			"`resource`: files and requests that failed; `blocked`: what the page's own policy\n"
			"blocks; `document`: error pages. Not in the default: `console`, calls of\n"
			"console.error() from the next load on (the page's console then shows the extension\n"
			"as the place of these calls); `third-party`: scripts and files of other hosts;\n"
			"`extension`: errors in scripts of browser extensions; `favicon`: a missing\n"
			"/favicon.ico.",
	},
	{
		"restart-trial",
		&setting_time,
		OF_PROJECT(restart_trial),
		.fallback = "2500",
		.example = "5000",
		.text = "How long savecast watches a server after a save that was sent without waiting,\n"
			"if it does not know yet whether such a save restarts the server. A restart that\n"
			"begins in this time counts as caused by that save. This time delays no save.",
	},
	{
		"restart-wait",
		&setting_time,
		OF_PROJECT(restart_wait),
		.fallback = "10000",
		.example = "20000",
		.text = "The longest time that a save waits for the server's restart to begin. A save\n"
			"waits this long only if savecast sees a blocked worker or a running build.\n"
			"Otherwise savecast expects the restart to begin as late as earlier restarts of\n"
			"that server, or of servers of that kind, and the save waits at most 300 ms longer.\n"
			"If a restart begins later, the page reloads again.",
	},
	{
		"down-after",
		&setting_time,
		OF_PROJECT(down_after),
		.fallback = "5000",
		.example = "30000",
		.text = "A server that is restarting, or that does not answer, is shown as down after this\n"
			"time. Its tabs still reload when it answers again.",
	},
	{
		"look-for",
		&setting_time,
		OF_PROJECT(look_for),
		.fallback = "600000",
		.example = "60000",
		.text = "How long savecast checks, at increasing intervals, whether a server that is down\n"
			"is back. If it cannot inspect the server, a tab requests the page. After this\n"
			"time it checks again at the next save or visit.",
	},
	{
		"stand-aside",
		&setting_bool,
		OF_PROJECT(stand_aside),
		.fallback = "true",
		.example = "false",
		.text = "Whether savecast leaves files to a server that reloads its pages itself (Vite,\n"
			"webpack-dev-server, Next, Hugo and similar servers). On sites with permission, it\n"
			"shows what such a server has not updated within 3 s, and changes of a backend\n"
			"behind it; without permission, a save does nothing in these tabs. If you set this\n"
			"to false for a server that builds before it serves, name the files it writes in\n"
			"`output`; otherwise the page may reload before the build is complete.",
	},
};

const struct setting *setting_find(const char *key)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		if (strcmp(settings[i].key, key) == 0) {
			return &settings[i];
		}
	}
	return NULL;
}

const char *setting_key(const struct setting *setting)
{
	return setting->key;
}

bool setting_is_daemons(const struct setting *setting)
{
	return setting->daemons;
}

bool setting_is_list(const struct setting *setting)
{
	return setting->type->many;
}

const char *setting_allowed(const struct setting *setting)
{
	return setting->type->allowed;
}

static void *setting_field(const struct setting *setting, void *of)
{
	return (char *)of + setting->offset;
}

bool setting_take(const struct setting *setting, void *of, const char *value,
	const struct setting_place *place, const char **why)
{
	void *field = setting_field(setting, of);

	*why = NULL;
	if (setting->type->many && value && !*value) {
		setting->type->clear(field);
		return true;
	}
	return setting->type->take(field, value, place, why);
}

bool setting_is_outside(
	const struct setting *setting, const char *value, const struct setting_place *place)
{
	return setting->type->outside && value && *value && setting->type->outside(value, place);
}

static void settings_init(void *of, bool daemons)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		const char *why;

		if (settings[i].daemons == daemons && settings[i].fallback) {
			setting_take(&settings[i], of, settings[i].fallback, NULL, &why);
		}
	}
}

void project_settings_init(struct project_settings *of)
{
	settings_init(of, false);
}

const struct project_settings *project_settings_default(void)
{
	static struct project_settings defaults;
	static bool initialised;

	if (!initialised) {
		project_settings_init(&defaults);
		initialised = true;
	}
	return &defaults;
}

void daemon_settings_init(struct daemon_settings *of)
{
	settings_init(of, true);
}

void project_settings_clear(struct project_settings *of)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		if (!settings[i].daemons && settings[i].type->clear) {
			settings[i].type->clear(setting_field(&settings[i], of));
		}
	}
}

char *setting_keys(void)
{
	char *keys = mem_strdup(settings[0].key);

	for (size_t i = 1; i < COUNT_OF(settings); i++) {
		char *longer = mem_printf("%s, %s", keys, settings[i].key);

		free(keys);
		keys = longer;
	}
	return keys;
}

void setting_document(FILE *to)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		const struct setting *setting = &settings[i];
		const char *at = setting->example;

		fprintf(to, "### savecast.%s\n\n%s\n\n", setting->key, setting->text);
		fprintf(to, "- Value: %s%s\n", setting->type->allowed,
			setting->type->many ? "; can be given several times" : "");
		fprintf(to, "- Default: %s\n", setting->fallback ? setting->fallback : "none");
		fprintf(to, "- In: %s\n\n", setting->daemons ? "your own file, for all projects" : "any");
		while (*at) {
			size_t length = strcspn(at, "\n");

			fprintf(to, "      %s = ", setting->key);
			fwrite(at, 1, length, to);
			fputc('\n', to);
			at += length + (at[length] == '\n');
		}
		fputc('\n', to);
	}
}
