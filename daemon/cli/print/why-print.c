/* SPDX-License-Identifier: MIT */
#include "cli/print/why-print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "cli/print/event-text.h"
#include "cli/print/log-print.h"
#include "cli/print/text.h"

enum { LABEL_COLUMN = 2, TEXT_COLUMN = 12, TABS_SHOWN = 8 };

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

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
		_cleanup_free_ char *text = mem_printf("%" JSON_INTEGER_FORMAT " in %s: %s",
			json_integer_value(json_object_get(tab, "tab")), text_of(tab, "client"),
			text_of(tab, "url"));

		print_row(i ? "" : "tabs", text);
	}
	if (count > TABS_SHOWN) {
		_cleanup_free_ char *text = mem_printf("and %zu more", count - TABS_SHOWN);

		print_row("", text);
	}
}

static void print_action(const json_t *project)
{
	const char *rule = text_of(project, "action-rule");
	const char *action = text_of(project, "action");
	_cleanup_free_ char *text = NULL;

	if (*rule) {
		text = mem_printf("%s (savecast.action: %s)", action, rule);
		print_row("action", text);
	} else if (*action) {
		print_row("action", strcmp(action, "default") ? action : "what the kind of file asks for");
	}
}

static void print_project(const json_t *project)
{
	_cleanup_free_ char *root = text_home(text_of(project, "root"), getenv("HOME"));
	_cleanup_free_ char *line = mem_printf("%s (%s)", root, text_of(project, "known-by"));

	print_row("project", line);
	print_row("because", text_of(project, "rule"));
	print_action(project);
	print_tabs(json_object_get(project, "tabs"));
	print_row("a save", text_of(project, "effect"));
}

void why_print(const json_t *explanation)
{
	const char *file = text_of(explanation, "file");
	_cleanup_free_ char *subject =
		*file ? text_home(file, getenv("HOME")) : text_safe(text_of(explanation, "url"));
	const json_t *event = json_object_get(explanation, "last-event");
	const json_t *project;
	size_t i;

	puts(subject);
	json_array_foreach (json_object_get(explanation, "projects"), i, project) {
		print_project(project);
	}
	if (*text_of(explanation, "reason")) {
		print_row("project", "none");
		print_row("because", text_of(explanation, "reason"));
	}
	if (*text_of(explanation, "advice")) {
		_cleanup_free_ char *advice = text_safe(text_of(explanation, "advice"));

		printf("\n%s\n", advice); /* in one piece, to be copied */
	}
	if (event) {
		puts("\nIts last event:");
		log_print_event(event, false);
	}
}
