/* SPDX-License-Identifier: MIT */
#include "server/command-line.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdbool.h>

#include "util/mem.h"
#include "util/pathname.h"

enum rest {
	NOTHING, /* words that are no options say nothing */
	FOLDER,	 /* they are folders that are served */
	SCRIPT,	 /* the first one is a file, which is run: it may be a program of this table */
};

/*
 * Options are written with spaces around each: long ones as they are, short ones as one letter, so
 * that "-tDIR" is known too.
 */
static const struct program {
	const char *name;    /* for fnmatch(3) */
	const char *folders; /* options whose value is a folder */
	const char *files;   /* options whose value is a file */
	const char *skipped; /* options whose value is something else */
	enum rest rest;
} programs[] = {
	{"python*", "", "", " -W -X ", SCRIPT},
	{"node", "", "", " -r --require --import -C --conditions --env-file ", SCRIPT},
	{"nodejs", "", "", " -r --require --import -C --conditions --env-file ", SCRIPT},
	{"bun", " --cwd ", "", " -r --preload ", SCRIPT},
	{"deno", "", "", "", SCRIPT},
	{"ruby", " -C ", "", " -I -r ", SCRIPT},
	{"perl", "", "", " -I -M ", SCRIPT},
	{"php", " -t --docroot ", "", " -S --server -d --define -c --php-ini ", SCRIPT},
	{"http.server", " -d --directory ", "", " -b --bind -p --protocol ", NOTHING},
	{"uvicorn", " --app-dir ", "", "", NOTHING},
	{"gunicorn", " --chdir --pythonpath ", "", "", NOTHING},
	{"hypercorn", "", "", "", NOTHING},
	{"waitress-serve", "", "", "", NOTHING},
	{"flask", "", " --app -A ", "", NOTHING},
	{"django-admin", " --pythonpath ", "", "", NOTHING},
	{"hugo", " -s --source ", "", "", NOTHING},
	{"jekyll", " -s --source ", "", "", NOTHING},
	{"mkdocs", "", " -f --config-file ", "", NOTHING},
	{"puma", " --dir ", "", "", NOTHING},
	{"rackup", "", "", "", SCRIPT},
	{"serve", "", "", " -l --listen -c --config -p --port ", FOLDER},
	{"http-server", "", "", " -p --port -a -c -d -P -C -K -i -g -e ", FOLDER},
	{"live-server", "", "", "", FOLDER},
	{"browser-sync", " --server -s --files ", "", " --port --proxy ", NOTHING},
	{"vite", "", " -c --config ", " --port --host -m --mode -l -d -f ", FOLDER},
	{"next", "", "", " -p --port -H --hostname ", FOLDER},
	{"astro", " --root ", "", "", NOTHING},
	{"eleventy", " --input ", "", "", NOTHING},
	{"caddy", " --root -r ", " --config -c ", "", NOTHING},
	{"darkhttpd", "", "", " --port --addr --index ", FOLDER},
	{"nginx", " -p ", " -c ", "", NOTHING},
};

struct guess {
	const char *args[COMMAND_LINE_ARGS_MAX];
	size_t count;
	const char *cwd;
	char **folders;
	size_t folder_count;
};

/* Takes "", "." and ".." out of an absolute name, in place. */
static void normalise(char *name)
{
	char *out = name;

	for (const char *in = name; *in;) {
		size_t n;

		in += strspn(in, "/");
		n = strcspn(in, "/");
		if (n == 2 && strncmp(in, "..", 2) == 0) {
			while (out > name && *--out != '/') {
			}
		} else if (n > 1 || (n == 1 && *in != '.')) {
			*out++ = '/';
			memmove(out, in, n);
			out += n;
		}
		in += n;
	}
	if (out == name) {
		*out++ = '/';
	}
	*out = '\0';
}

static void guess_add(struct guess *guess, const char *value, size_t length, bool is_file)
{
	_cleanup_free_ char *written = mem_strndup(value, length);
	_cleanup_free_ char *name = NULL;
	char *slash;

	if (!*written || guess->folder_count == COMMAND_LINE_FOLDERS_MAX) {
		return;
	}
	name = *written == '/' ? mem_strdup(written) : mem_printf("%s/%s", guess->cwd, written);
	normalise(name);
	slash = strrchr(name, '/');
	if (is_file) {
		slash[slash == name ? 1 : 0] = '\0';
	}
	if (strlen(name) > PATHNAME_MAX) {
		return;
	}
	for (size_t i = 0; i < guess->folder_count; i++) {
		if (strcmp(guess->folders[i], name) == 0) {
			return;
		}
	}
	guess->folders[guess->folder_count++] = mem_steal(name);
}

/* The program of this name, without folders and the ending of a script. */
static const struct program *program_find(const char *arg)
{
	const char *slash = strrchr(arg, '/');
	_cleanup_free_ char *name = mem_strndup(slash ? slash + 1 : arg, 64);
	static const char *const endings[] = {".py", ".js", ".mjs", ".cjs", ".rb"};

	for (size_t i = 0; i < COUNT_OF(endings); i++) {
		size_t length = strlen(name), ending = strlen(endings[i]);

		if (length > ending && strcmp(name + length - ending, endings[i]) == 0) {
			name[length - ending] = '\0';
			break;
		}
	}
	for (size_t i = 0; i < COUNT_OF(programs); i++) {
		if (fnmatch(programs[i].name, name, 0) == 0) {
			return &programs[i];
		}
	}
	return NULL;
}

/* Whether the option, of `length` bytes, is one of the list. */
static bool listed(const char *list, const char *option, size_t length)
{
	for (const char *at = list; (at = memmem(at, strlen(at), option, length)); at++) {
		if (at > list && at[-1] == ' ' && at[length] == ' ') {
			return true;
		}
	}
	return false;
}

/* Takes the option at `at`; returns the argument behind it and its value. */
static size_t guess_option(struct guess *guess, const struct program *program, size_t at)
{
	const char *arg = guess->args[at];
	size_t length = strcspn(arg, "=");
	const char *value = arg[length] ? arg + length + 1 : NULL;
	bool folder, file;

	if (arg[1] != '-' && length > 2) {
		length = 2; /* -tDIR */
		value = arg + 2;
	}
	folder = listed(program->folders, arg, length);
	file = !folder && listed(program->files, arg, length);
	if (!folder && !file && !listed(program->skipped, arg, length)) {
		return at + 1;
	}
	if (!value && at + 1 < guess->count) {
		value = guess->args[++at];
	}
	if (folder && value) {
		guess_add(guess, value, strlen(value), false);
	}
	/* flask's "dir/app.py:create()"; one without a slash is in the working folder, or a module */
	if (file && value && strchr(value, '/')) {
		guess_add(guess, value, strcspn(value, ":"), true);
	}
	return at + 1;
}

/* A word that may be a folder: not a port, and not a command as in "vite dev". */
static bool is_served(const char *word)
{
	return word[strspn(word, "0123456789")] && strcmp(word, "dev") && strcmp(word, "serve") &&
		strcmp(word, "start") && strcmp(word, "preview") && !strstr(word, "://");
}

static void guess_program(struct guess *guess, const struct program *program, size_t at);

/* What an interpreter runs: a program of the table by its name, else a file of the site. */
static void guess_script(struct guess *guess, size_t at)
{
	const struct program *program = program_find(guess->args[at]);

	if (program && program->rest != SCRIPT) {
		guess_program(guess, program, at + 1);
	} else if (strcmp(guess->args[at], "run") == 0 && at + 1 < guess->count) {
		guess_script(guess, at + 1); /* bun run, deno run */
	} else {
		guess_add(guess, guess->args[at], strlen(guess->args[at]), true);
	}
}

static void guess_program(struct guess *guess, const struct program *program, size_t at)
{
	bool scripted = program->rest == SCRIPT;

	while (at < guess->count) {
		const char *arg = guess->args[at];

		if (scripted && at + 1 < guess->count && strcmp(arg, "-m") == 0 &&
			strncmp(program->name, "python", 6) == 0) {
			guess_script(guess, at + 1);
			return;
		}
		if (scripted && (strcmp(arg, "-c") == 0 || strcmp(arg, "-e") == 0) &&
			!listed(program->skipped, arg, 2)) {
			return; /* the program itself, as text */
		}
		if (arg[0] == '-' && arg[1]) {
			at = guess_option(guess, program, at);
			continue;
		}
		if (scripted && *arg) {
			guess_script(guess, at);
			return;
		}
		if (program->rest == FOLDER && *arg && is_served(arg)) {
			guess_add(guess, arg, strlen(arg), false);
		}
		at++;
	}
}

size_t command_line_folders(const char *bytes, size_t length, const char *folder,
	char *folders[COMMAND_LINE_FOLDERS_MAX])
{
	struct guess guess = {.cwd = folder, .folders = folders};
	_cleanup_free_ char *copy = NULL;
	const struct program *program;

	length = length < COMMAND_LINE_BYTES_MAX ? length : COMMAND_LINE_BYTES_MAX;
	copy = mem_alloc(length + 1);
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	for (size_t at = 0; at < length && guess.count < COMMAND_LINE_ARGS_MAX;) {
		guess.args[guess.count++] = copy + at;
		at += strlen(copy + at) + 1;
	}
	program = guess.count ? program_find(guess.args[0]) : NULL;
	if (program) {
		guess_program(&guess, program, 1);
	}
	return guess.folder_count;
}
