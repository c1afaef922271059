/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "util/mem.h"
#include "cli/arguments.h"
#include "cli/call.h"
#include "cli/event-text.h"
#include "cli/text.h"
#include "config/setting.h"

#define VERB_ADDRESS(name) &verb_##name,
static const struct verb *const verbs[] = {VERBS(VERB_ADDRESS)};

static const struct exit_code_row {
	enum exit_code code;
	const char *meaning;
} exit_code_rows[] = {
	{EXIT_CODE_DONE, "done"},
	{EXIT_CODE_REFUSED, "refused, or nothing to do: a line on standard error says why"},
	{EXIT_CODE_USAGE, "wrong command line"},
	{EXIT_CODE_UNREACHABLE, "the daemon or the session bus cannot be reached"},
};

static const char *const takes_names[] = {
	[VERB_TAKES_NOTHING] = "nothing",
	[VERB_TAKES_FILES] = "files",
	[VERB_TAKES_FOLDER] = "folder",
	[VERB_TAKES_FILE_OR_URL] = "file-or-url",
	[VERB_TAKES_COMMAND] = "command",
	[VERB_TAKES_NAME_AND_COMMAND] = "name-and-command",
	[VERB_TAKES_SETTING] = "setting",
};

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		if (strcmp(verbs[i]->name, name) == 0) {
			return verbs[i];
		}
	}
	return NULL;
}

char *verb_names(void)
{
	char *names = mem_strdup(verbs[0]->name);

	for (size_t i = 1; i < COUNT_OF(verbs); i++) {
		char *longer = mem_printf("%s, %s", names, verbs[i]->name);

		free(names);
		names = longer;
	}
	return names;
}

static void print_exit_codes(void)
{
	puts("\nExit codes:");
	for (size_t i = 0; i < COUNT_OF(exit_code_rows); i++) {
		printf("  %d  %s\n", exit_code_rows[i].code, exit_code_rows[i].meaning);
	}
}

void help_print_all(void)
{
	puts("Usage: savecast VERB [OPTION]... [ARGUMENT]...\n"
	     "\n"
	     "Reports saves to savecastd, and shows what happened to them.\n"
	     "\n"
	     "Verbs:");
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		printf("  %-8s  %s\n", verbs[i]->name, verbs[i]->summary);
	}
	puts("\n"
	     "'savecast help VERB' or 'savecast VERB --help' says more about a verb. Also:\n"
	     "--version, and --help --json for programs.");
	print_exit_codes();
}

/* Prints a paragraph with `code` in single quotes; a block of code as it is. */
static void print_paragraph(const char *text, size_t length)
{
	_cleanup_free_ char *plain = mem_strndup(text, length);
	_cleanup_free_ char *wrapped = NULL;

	if (strncmp(plain, "    ", 4) == 0) {
		puts(plain);
		return;
	}
	for (char *at = plain; *at; at++) {
		*at = *at == '`' ? '\'' : *at == '\n' ? ' ' : *at;
	}
	wrapped = text_wrap(plain, EVENT_TEXT_WIDTH, 0, 0);
	puts(wrapped);
}

static void print_description(const char *description)
{
	while (*description) {
		const char *end = strstr(description, "\n\n");
		size_t length = end ? (size_t)(end - description) : strlen(description);

		putchar('\n');
		print_paragraph(description, length);
		description += end ? length + 2 : length;
	}
}

/* Calls `each` for each line of a text that may be NULL. */
static void each_line(const char *text, void (*each)(const char *line, void *data), void *data)
{
	while (text && *text) {
		size_t length = strcspn(text, "\n");
		_cleanup_free_ char *line = mem_strndup(text, length);

		each(line, data);
		text += text[length] ? length + 1 : length;
	}
}

/* `data` is printed in front of the line. */
static void print_line(const char *line, void *data)
{
	printf("%s%s\n", (const char *)data, line);
}

struct usage {
	const char *verb, *before;
};

static void print_usage(const char *line, void *data)
{
	struct usage *usage = data;

	printf("%s savecast %s%s%s\n", usage->before, usage->verb, *line ? " " : "", line);
	usage->before = "      ";
}

static void print_options(const struct verb *verb)
{
	puts("\nOptions:");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		char names[32];

		if (!option_is_taken(row, verb)) {
			continue;
		}
		snprintf(names, sizeof names, "%c%c%s --%s%s%s", row->is_short ? '-' : ' ',
			row->is_short ? row->letter : ' ', row->is_short ? "," : " ", row->name,
			row->argument ? "=" : "", row->argument ? row->argument : "");
		printf("  %-18s  %s\n", names, row->help);
	}
}

void help_print_verb(const struct verb *verb)
{
	struct usage usage = {verb->name, "Usage:"};

	if (*verb->synopsis) {
		each_line(verb->synopsis, print_usage, &usage);
	} else {
		print_usage("", &usage);
	}
	print_description(verb->description);
	if (verb->examples) {
		puts("\nExamples:");
		each_line(verb->examples, print_line, (char[]){"  "});
	}
	print_options(verb);
	print_exit_codes();
}

static void add_line(const char *line, void *data)
{
	json_array_append_new(data, json_string(line));
}

static json_t *json_lines(const char *text)
{
	json_t *lines = json_array();

	each_line(text, add_line, lines);
	return lines;
}

static json_t *json_options(const struct verb *verb)
{
	json_t *options = json_array();

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];

		if (option_is_taken(row, verb)) {
			json_array_append_new(options,
				json_pack("{s:s, s:o, s:s?, s:s}", "name", row->name, "short",
					row->is_short ? json_stringn(&row->letter, 1) : json_null(),
					"argument", row->argument, "help", row->help));
		}
	}
	return options;
}

void help_print_json(void)
{
	json_t *all = json_array(), *codes = json_array();
	_cleanup_free_ char *keys = setting_keys();

	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		const struct verb *verb = verbs[i];

		json_array_append_new(all,
			json_pack("{s:s, s:o, s:s, s:s, s:o, s:s, s:o}", "name", verb->name,
				"synopsis", json_lines(verb->synopsis), "summary", verb->summary,
				"description", verb->description, "examples",
				json_lines(verb->examples), "takes", takes_names[verb->takes],
				"options", json_options(verb)));
	}
	for (size_t i = 0; i < COUNT_OF(exit_code_rows); i++) {
		json_array_append_new(codes,
			json_pack("{s:i, s:s}", "code", (int)exit_code_rows[i].code, "meaning",
				exit_code_rows[i].meaning));
	}
	call_print_json(json_pack("{s:s, s:o, s:s, s:o}", "version", SAVECAST_VERSION, "exit-codes",
		codes, "settings", keys, "verbs", all));
}

void help_print_version(void)
{
	puts("savecast " SAVECAST_VERSION);
}
