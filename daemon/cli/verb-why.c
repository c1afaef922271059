/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/pathname.h"
#include "cli/call.h"
#include "cli/event-text.h"
#include "cli/log-print.h"
#include "cli/arguments.h"
#include "cli/path-argument.h"
#include "cli/text.h"
#include "project/file-kind.h"

enum { LABEL_COLUMN = 2, TEXT_COLUMN = 12, TABS_SHOWN = 8 };

static void print_row(const char *label, const char *text)
{
	_cleanup_free_ char *safe = text_safe(text);
	_cleanup_free_ char *wrapped = text_wrap(safe, EVENT_TEXT_WIDTH, TEXT_COLUMN, TEXT_COLUMN);

	printf("%*s%-*s%s\n", LABEL_COLUMN, "", TEXT_COLUMN - LABEL_COLUMN, label, wrapped);
}

static void print_tabs(const json_t *tabs)
{
	size_t count = json_array_size(tabs);

	for (size_t i = 0; i < count && i < TABS_SHOWN; i++) {
		const json_t *tab = json_array_get(tabs, i);
		const json_t *top = json_object_get(tab, "top");
		_cleanup_free_ char *text = mem_printf("%s%" JSON_INTEGER_FORMAT " in %s: %s",
			top ? "frame of tab " : "",
			json_integer_value(top ? top : json_object_get(tab, "tab")), text_of(tab, "client"),
			text_of(tab, "url"));

		print_row(i ? "" : "tabs", text);
	}
	if (count > TABS_SHOWN) {
		_cleanup_free_ char *text = mem_printf("and %zu more", count - TABS_SHOWN);

		print_row("", text);
	}
}

/* What a save of such a file does to a tab; the caller frees it. */
static char *action_text(const char *action, const char *kind)
{
	const char *of = strcmp(action, "default") == 0 ? kind : action;

	for (enum file_kind i = 0; i < FILE_KINDS; i++) {
		const char *replaced = file_kind_replaced(i);

		if (replaced && strcmp(of, file_kind_name(i)) == 0) {
			return mem_printf("replaces %s, without a reload", replaced);
		}
	}
	return mem_strdup(strcmp(of, "none") == 0 ? "nothing" : "reloads the page");
}

static void print_action(const json_t *project)
{
	const char *rule = text_of(project, "action-rule");
	const char *action = text_of(project, "action");
	_cleanup_free_ char *does = action_text(action, text_of(project, "file-kind"));
	_cleanup_free_ char *text = NULL;

	if (*rule) {
		text = mem_printf("%s (savecast.action: %s)", does, rule);
		print_row("action", text);
	} else if (*action) {
		print_row("action", does);
	}
}

/* `folder`: the question is about a folder, which is never saved. */
static void print_project(const json_t *project, bool folder)
{
	_cleanup_free_ char *root = text_home(text_of(project, "root"), getenv("HOME"));
	_cleanup_free_ char *line = mem_printf("%s (%s)", root, text_of(project, "known-by"));

	print_row("project", line);
	print_row("because", text_of(project, "rule"));
	if (!folder) {
		print_action(project);
	}
	print_tabs(json_object_get(project, "tabs"));
	if (folder) {
		return;
	}
	if (*text_of(project, "noticed")) {
		print_row("noticed", text_of(project, "noticed"));
	}
	print_row("a save", text_of(project, "effect"));
}

/* Prints what is unusual about the file; returns whether it is a folder. */
static bool print_file(const char *file)
{
	_cleanup_free_ char *name = NULL;
	struct stat st;
	const char *why;

	if (pathname_from_text(file, &name, &why) < 0) {
		return false;
	}
	if (stat(name, &st) < 0) {
		if (errno == ENOENT) {
			print_row(
				"file", "does not exist: a save of it would report a deleted file");
		}
		return false;
	}
	if (S_ISDIR(st.st_mode)) {
		print_row("file", "is a directory: name a file in it to see what a save does");
	}
	return S_ISDIR(st.st_mode);
}

static void why_print(const json_t *explanation)
{
	const char *file = text_of(explanation, "file");
	_cleanup_free_ char *subject =
		*file ? text_home(file, getenv("HOME")) : text_safe(text_of(explanation, "url"));
	const json_t *event = json_object_get(explanation, "last-event");
	const json_t *project, *rule;
	bool folder;
	size_t i;

	puts(subject);
	folder = *file && print_file(file);
	json_array_foreach (json_object_get(explanation, "projects"), i, project) {
		print_project(project, folder);
	}
	if (*text_of(explanation, "reason")) {
		print_row("project", "none");
		print_row("because", text_of(explanation, "reason"));
	}
	json_array_foreach (json_object_get(explanation, "untrusted"), i, rule) {
		print_row("trust", json_string_value(rule));
	}
	if (*text_of(explanation, "advice")) {
		_cleanup_free_ char *advice = text_safe(text_of(explanation, "advice"));

		printf("\n%s\n", advice); /* not wrapped, so that it can be copied */
	}
	if (event) {
		puts("\nIts last event:");
		log_print_event(event, false);
	}
}

static enum exit_code why_run(const struct verb *verb, const struct arguments *args)
{
	_cleanup_(client_freep) struct client *client = NULL;
	_cleanup_free_ char *here = path_current_folder();
	_cleanup_free_ char *what = NULL;
	_cleanup_free_ char *guess = NULL;
	json_t *values = NULL;
	const char *why;
	enum exit_code code;

	if (!args->name_count) {
		return log_print_last(1, args->json);
	}
	guess = path_argument_guess_url(args->names[0]);
	if (guess) {
		return arguments_wrong(verb, "%s: there is no such file; did you mean %s ?",
			args->names[0], guess);
	}
	if (path_argument_is_url(args->names[0])) {
		what = mem_strdup(args->names[0]);
	} else if (path_argument_read(args->names[0], here, &what, &why) < 0) {
		return path_argument_wrong(verb, "file", args->names[0], why);
	}
	client = call_connect();
	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	code = call_daemon(client,
		&(struct client_method){.member = "Explain", .texts = {what}, .has_options = true},
		&values);
	if (code == EXIT_CODE_DONE && args->json) {
		call_print_json(json_incref(json_array_get(values, 0)));
	} else if (code == EXIT_CODE_DONE) {
		why_print(json_array_get(values, 0));
	}
	json_decref(values);
	return code;
}

const struct verb verb_why = {
	.name = "why",
	.synopsis = "[--json] [FILE|URL]",
	.summary = "explain what a save of a file would do, or what a URL shows",
	.description =
		"Explains, without doing anything: which project FILE belongs to and by which "
		"rule, "
		"whether a save of it would be ignored and why, what it would do to which tabs, "
		"and "
		"what happened to its last save. For a URL: which project a tab with it shows and "
		"how "
		"that is known, or why it shows none. Without an argument: what happened to the "
		"last save.\n"
		"\n"
		"With `--json` prints one object: `kind` (\"file\" or \"url\"), `file` or `url`, "
		"`projects` (each `object`, `root`, `known-by`, `rule`, `noticed`, `ignored`, "
		"`action`, "
		"`action-rule`, `tabs` as in `savecast status --json`, `effect`), `reason` (why "
		"there is no project), `untrusted` (rules that would take effect if you trusted "
		"them) and `last-event` (as in `savecast log --json`). Later "
		"versions may add keys and change the texts of `rule`, `noticed`, `ignored`, "
		"`reason` and `effect`. Without an argument, prints the event.\n",
	.examples = "savecast why style.css\nsavecast why http://localhost:8000/",
	.options = "j",
	.takes = VERB_TAKES_FILE_OR_URL,
	.names_max = 1,
	.run = why_run,
};
