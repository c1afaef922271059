/* SPDX-License-Identifier: MIT */
#include "config/setting.h"

#include "util/mem.h"
#include "config/setting-type.h"

struct setting {
	const char *key;
	const struct setting_type *type;
	bool daemons;	      /* the field is one of struct daemon_settings */
	size_t offset;	      /* of the field */
	const char *fallback; /* the default, as it would be written; NULL: none of them */
	const char *example;  /* values, one a line */
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
		.example = "7284",
		.text = "Where browsers connect, on 127.0.0.1 and ::1. The extension must be told\n"
			"the same one. Where savecast.socket is enabled, systemd listens in the\n"
			"daemon's place and its port counts: `systemctl --user edit savecast.socket`.",
	},
	{
		"url",
		&setting_urls,
		OF_PROJECT(url),
		.example = "http://shop.test\nhttps://localhost:8443/admin/*",
		.text = "Tabs with such a URL show this project, whoever serves it: for reverse\n"
			"proxies, containers, remote machines. It counts before anything that the\n"
			"daemon finds out by itself. If rules of several projects fit, the narrower\n"
			"one counts: more of a host, then a port, then more of a path.",
	},
	{
		"ignore",
		&setting_patterns,
		OF_PROJECT(ignore),
		.example = "*.log\n/var/",
		.text = "A save of such a file does nothing. What editors leave behind (4913, *~,\n"
			"*.swp, .#x, #x#) and what is in .git is ignored always, and what\n"
			".gitignore ignores, unless `gitignored` says otherwise.",
	},
	{
		"include",
		&setting_outside,
		OF_PROJECT(include),
		.example = "../shared/**\n~/themes/*.css",
		.text = "Files outside the root that belong to this project too. A save of one makes\n"
			"an event in this project, and in the one that it is in, if any.",
	},
	{
		"action",
		&setting_actions,
		OF_PROJECT(action),
		.example = "none /docs/\ncss /theme/*.toml\npage /static/theme.css",
		.text = "What a save of such a file does: reload the `page`, swap its style sheets\n"
			"(`css`) or its images (`image`), or `none` of these. A page that shows no file\n"
			"of that name takes all its style sheets, or images, anew. Of several that fit,\n"
			"the last counts. Without one, it is what the kind of file asks for.",
	},
	{
		"output",
		&setting_patterns,
		OF_PROJECT(output),
		.example = "/dist/*.css",
		.text = "What a build writes: such a file counts as saved when it changes on disk,\n"
			"also if .gitignore ignores it. Counted from the root always; the name of a\n"
			"folder means all in it.",
	},
	{
		"gitignored",
		&setting_bool,
		OF_PROJECT(gitignored),
		.fallback = "false",
		.example = "true",
		.text = "Whether a save counts though .gitignore ignores the file.",
	},
	{
		"unchanged",
		&setting_bool,
		OF_PROJECT(unchanged),
		.fallback = "false",
		.example = "true",
		.text = "Whether a save counts though it changed no byte of the file. One always does\n"
			"where there is more than 1 MiB to compare: an editor's save is compared while\n"
			"it is handled, git's and a build's files beside that, up to 256 MiB.",
	},
	{
		"restart-trial",
		&setting_time,
		OF_PROJECT(restart_trial),
		.fallback = "2500",
		.example = "5000",
		.text = "How long a server is watched after the first save of a kind of file, for\n"
			"whether it restarts. That save reloads at once; others wait so long.",
	},
	{
		"restart-wait",
		&setting_time,
		OF_PROJECT(restart_wait),
		.fallback = "10000",
		.example = "20000",
		.text = "How long a save waits at the most for a restart to begin that followed such\n"
			"saves before. Less for a file that was not seen to restart the server, when\n"
			"others of its kind were: twice as long as it took, and half a second. A\n"
			"restart that begins later is put down to no save: the page reloads twice.",
	},
	{
		"down-after",
		&setting_time,
		OF_PROJECT(down_after),
		.fallback = "5000",
		.example = "30000",
		.text = "When a server that is restarting, or does not answer, is called down. Its tabs\n"
			"reload all the same once it serves.",
	},
	{
		"look-for",
		&setting_time,
		OF_PROJECT(look_for),
		.fallback = "600000",
		.example = "60000",
		.text = "How long a server that is down is looked for, ever more seldom; and one that\n"
			"cannot be looked into is asked for its page. After that until a save or a visit.",
	},
	{
		"stand-aside",
		&setting_bool,
		OF_PROJECT(stand_aside),
		.fallback = "true",
		.example = "false",
		.text = "Whether a save does nothing in tabs whose server reloads them by itself (Vite,\n"
			"webpack-dev-server, Next, Hugo and others like them). One that builds before it\n"
			"serves may be asked too early without: name what it writes in `output` then.",
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
		fprintf(to, "- In: %s\n\n", setting->daemons ? "the user's own file, for all" : "any");
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
