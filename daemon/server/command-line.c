/* SPDX-License-Identifier: MIT */
#include "server/command-line.h"

#include <string.h>

#include "util/mem.h"
#include "util/pathname.h"
#include "server/programs.h"

struct guess {
	struct command_line line;
	const char *cwd, *package;
	char **folders;
	size_t folder_count;
};

/* Removes "", "." and ".." components from an absolute name, in place. */
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

/* Handles the option at `at`; returns the index after it and its value. */
static size_t guess_option(struct guess *guess, const struct program *program, size_t at)
{
	const char *arg = guess->line.args[at];
	size_t length = strcspn(arg, "=");
	const char *value = arg[length] ? arg + length + 1 : NULL;
	bool folder, file;

	if (arg[1] != '-' && length > 2) {
		length = 2; /* -tDIR */
		value = arg + 2;
	}
	folder = program_lists(program->folders, arg, length);
	file = !folder && program_lists(program->files, arg, length);
	if (!folder && !file && !program_lists(program->skipped, arg, length)) {
		return at + 1;
	}
	if (!value && at + 1 < guess->line.count) {
		value = guess->line.args[++at];
	}
	if (folder && value) {
		guess_add(guess, value, strlen(value), false);
	}
	/*
	 * flask's "dir/app.py:create()"; without a slash it is a file in the working
	 * folder, or a module
	 */
	if (file && value && strchr(value, '/')) {
		guess_add(guess, value, strcspn(value, ":"), true);
	}
	return at + 1;
}

/* Whether the word can be a folder: not a port, and not a command as in "vite dev". */
static bool is_served(const char *word)
{
	return word[strspn(word, "0123456789")] && strcmp(word, "dev") && strcmp(word, "serve") &&
		strcmp(word, "start") && strcmp(word, "preview") && !strstr(word, "://");
}

static void guess_program(struct guess *guess, const struct program *program, size_t at);

/* Takes what an interpreter runs: a program of the table, or a file of the site. */
static void guess_script(struct guess *guess, size_t at)
{
	const struct program *program = program_find_script(guess->line.args[at], guess->package);

	if (program && program->rest != REST_SCRIPT && !program->of_site) {
		guess_program(guess, program, at + 1);
	} else if (strcmp(guess->line.args[at], "run") == 0 && at + 1 < guess->line.count) {
		guess_script(guess, at + 1); /* bun run, deno run */
	} else {
		guess_add(guess, guess->line.args[at], strlen(guess->line.args[at]), true);
	}
}

static void guess_program(struct guess *guess, const struct program *program, size_t at)
{
	bool scripted = program->rest == REST_SCRIPT;

	while (at < guess->line.count) {
		const char *arg = guess->line.args[at];

		if (scripted && at + 1 < guess->line.count && strcmp(arg, "-m") == 0 &&
			strncmp(program->name, "python", 6) == 0) {
			guess_script(guess, at + 1);
			return;
		}
		if (scripted && (strcmp(arg, "-c") == 0 || strcmp(arg, "-e") == 0) &&
			!program_lists(program->skipped, arg, 2)) {
			return; /* the program itself is an argument */
		}
		if (arg[0] == '-' && arg[1]) {
			at = guess_option(guess, program, at);
			continue;
		}
		if (scripted && *arg) {
			guess_script(guess, at);
			return;
		}
		if (program->rest == REST_FOLDER && *arg && is_served(arg)) {
			guess_add(guess, arg, strlen(arg), false);
		}
		at++;
	}
}

void command_line_split(struct command_line *line, const char *bytes, size_t length)
{
	const char *end, *nul;

	*line = (struct command_line){0};
	length = length < COMMAND_LINE_BYTES_MAX ? length : COMMAND_LINE_BYTES_MAX;
	end = bytes + length;
	while (line->count < COMMAND_LINE_ARGS_MAX &&
		(nul = memchr(bytes, '\0', (size_t)(end - bytes)))) {
		line->args[line->count++] = bytes;
		bytes = nul + 1;
	}
}

char *command_line_name(const char *comm, const char *bytes, size_t length)
{
	struct command_line line;

	if (strlen(comm) < COMMAND_LINE_COMM_LENGTH) {
		return mem_strdup(comm);
	}
	command_line_split(&line, bytes, length);
	/* The name is in a title that the program gave itself, in its path, or in its script's. */
	for (size_t i = 0; i < line.count && i < 3; i++) {
		const char *slash = strrchr(line.args[i], '/');
		const char *name = strncmp(line.args[i], comm, COMMAND_LINE_COMM_LENGTH) == 0
			? line.args[i]
			: slash ? slash + 1
				: line.args[i];

		if (strncmp(name, comm, COMMAND_LINE_COMM_LENGTH) == 0) {
			return mem_strndup(name, strnlen(name, COMMAND_LINE_NAME_MAX));
		}
	}
	return mem_strdup(comm);
}

size_t command_line_folders(const char *bytes, size_t length, const char *package,
	const char *folder, char *folders[COMMAND_LINE_FOLDERS_MAX])
{
	struct guess guess = {.cwd = folder, .package = package, .folders = folders};
	const struct program *program;

	command_line_split(&guess.line, bytes, length);
	program = guess.line.count ? program_find(guess.line.args[0]) : NULL;
	if (program) {
		guess_program(&guess, program, 1);
	}
	return guess.folder_count;
}

bool command_line_is_title(const char *bytes, size_t length)
{
	size_t first = strnlen(bytes, length);

	for (size_t i = first; i < length; i++) {
		if (bytes[i]) {
			return false;
		}
	}
	return first && (length > first + 1 || (memchr(bytes, ' ', first) && *bytes != '/'));
}

/* Each word of the command, followed by a NUL; quotes are dropped, `;`, `&` and `|` end it. */
static char *words_of(const char *text, size_t size, size_t *length)
{
	char *words = mem_alloc(size + 1), *out = words;
	char quote = '\0';

	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if (!quote && (c == ';' || c == '&' || c == '|')) {
			break;
		}
		if (quote ? c == quote : c == '"' || c == '\'') {
			quote = quote ? '\0' : c;
		} else if (!quote && (c == ' ' || c == '\t' || c == '\n')) {
			if (out > words && out[-1]) {
				*out++ = '\0';
			}
		} else {
			*out++ = c;
		}
	}
	if (out > words && out[-1]) {
		*out++ = '\0';
	}
	*length = (size_t)(out - words);
	return words;
}

char *command_line_behind(
	const char *title, size_t title_length, const char *script, size_t *length)
{
	size_t size = strnlen(title, title_length), name = strcspn(title, " ");
	_cleanup_free_ char *first = mem_strndup(title, name < size ? name : size);
	const struct program *program = program_find(first);

	if (name < size) {
		return words_of(title, size, length);
	}
	for (const char *at = script; program && at && *at;) {
		size_t word = strcspn(at, " \t\n;&|\"'");
		_cleanup_free_ char *text = mem_strndup(at, word);

		if (word && program_find(text) == program) {
			return words_of(at, strnlen(at, COMMAND_LINE_BYTES_MAX), length);
		}
		at += word;
		at += strspn(at, " \t\n;&|\"'");
	}
	return NULL;
}

const char *environment_find(const char *bytes, size_t length, const char *text, size_t size)
{
	const char *at = bytes, *end = bytes + length;

	while (at < end && (at = memmem(at, (size_t)(end - at), text, size))) {
		if (at == bytes || at[-1] == '\0') {
			return at;
		}
		at++;
	}
	return NULL;
}
