/* SPDX-License-Identifier: MIT */
#include "server/livereload.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 64, WORDS_MAX = 64 };

/*
 * Words are written with spaces around each; two at the end are an empty word, of a program
 * that has put its own name in place of its arguments.
 */
static const struct program {
	const char *file; /* its name, for fnmatch(3) */
	const char *needs; /* one of these; "": nothing */
	const char *denies; /* any of these: it serves without, or does something else */
	const char *name;
} programs[] = {
	{"vite", "", " build preview optimize ", "Vite"},
	{"vite.js", "", " build preview optimize ", "Vite"},
	{"webpack-dev-server*", "", " --no-live-reload ", "webpack-dev-server"},
	{"webpack", " serve server s  ", " --no-live-reload ", "webpack-dev-server"},
	{"webpack.js", " serve server s ", " --no-live-reload ", "webpack-dev-server"},
	{"webpack-cli*", " serve server s ", " --no-live-reload ", "webpack-dev-server"},
	{"next", "", " build start export lint info telemetry ", "Next"},
	{"hugo", " server serve ",
		" --disableLiveReload --disableLiveReload=true --watch=false -w=false ", "Hugo"},
	{"astro", " dev ", "", "Astro"},
	{"astro.js", " dev ", "", "Astro"},
	{"nuxt", " dev ", "", "Nuxt"},
	{"nuxi*", " dev ", "", "Nuxt"},
	{"ng", " serve s dev ", " --no-live-reload --live-reload=false ", "Angular"},
	{"ng.js", " serve s dev ", " --no-live-reload --live-reload=false ", "Angular"},
	{"vue-cli-service*", " serve ", "", "Vue CLI"},
	{"gatsby*", " develop ", "", "Gatsby"},
	{"parcel", "", " build watch ", "Parcel"},
	{"eleventy", " --serve ", "", "Eleventy"},
	{"mkdocs", " serve ", " --no-livereload ", "MkDocs"},
	{"jekyll", " --livereload -l ", "", "Jekyll"},
	{"live-server*", "", "", "live-server"},
	{"browser-sync", "", "", "Browsersync"},
};

/* What runs a program of the table: that is its first argument that is no option. */
static const char *const runners[] = {
	"node", "nodejs", "bun", "deno", "python*", "ruby*", "bash", "sh"};

struct words {
	const char *items[WORDS_MAX];
	size_t count;
};

static const char *file_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static bool is_runner(const char *file)
{
	for (size_t i = 0; i < sizeof runners / sizeof *runners; i++) {
		if (fnmatch(runners[i], file, 0) == 0) {
			return true;
		}
	}
	return false;
}

static bool has_one_of(const struct words *words, size_t from, const char *wanted)
{
	char spaced[WORD_MAX + 3];

	for (size_t i = from; i < words->count; i++) {
		int n = snprintf(spaced, sizeof spaced, " %s ", words->items[i]);

		if (n < (int)sizeof spaced && strstr(wanted, spaced)) {
			return true;
		}
	}
	return false;
}

/* Where the program's own words begin; 0 if there is no program. */
static size_t find_program(const struct words *words, const char **file)
{
	size_t i = 0;

	if (!words->count) {
		return 0;
	}
	*file = file_of(words->items[0]);
	if (!is_runner(*file)) {
		return 1;
	}
	for (i = 1; i < words->count; i++) {
		const char *word = words->items[i];

		if (strcmp(word, "-c") == 0 || strcmp(word, "-e") == 0) {
			return 0; /* a program text */
		}
		if (strcmp(word, "-r") == 0 || strcmp(word, "--require") == 0 ||
			strcmp(word, "--import") == 0) {
			i++;
		} else if (word[0] != '-') {
			*file = file_of(word);
			return i + 1;
		}
	}
	return 0;
}

const char *livereload_of(const char *bytes, size_t length)
{
	struct words words = {0};
	const char *file;
	size_t own;

	/* An argument that was cut off has no NUL behind it, and is left out. */
	for (const char *at = bytes, *end = bytes + length, *nul;
		words.count < WORDS_MAX && (nul = memchr(at, '\0', (size_t)(end - at)));
		at = nul + 1) {
		words.items[words.count++] = at;
	}
	own = find_program(&words, &file);
	for (size_t i = 0; own && i < sizeof programs / sizeof *programs; i++) {
		const struct program *program = &programs[i];

		if (fnmatch(program->file, file, 0) == 0) {
			return (!*program->needs || has_one_of(&words, own, program->needs)) &&
					!has_one_of(&words, own, program->denies)
				? program->name
				: NULL;
		}
	}
	return NULL;
}
