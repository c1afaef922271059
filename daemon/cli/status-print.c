/* SPDX-License-Identifier: MIT */
#include "cli/status-print.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/event-text.h"
#include "cli/text.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static char *safe_of(const json_t *object, const char *key)
{
	return text_safe(text_of(object, key));
}

static char *count_of(const json_t *object, const char *key, const char *noun)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return text_count(n > 0 ? (uint64_t)n : 0, noun);
}

static void print_daemon(const json_t *status)
{
	_cleanup_free_ char *version = safe_of(status, "version");
	_cleanup_free_ char *error = safe_of(status, "port-error");
	_cleanup_free_ char *code = safe_of(status, "pairing-code");
	_cleanup_free_ char *browsers = count_of(status, "browsers", "browser");
	_cleanup_free_ char *tabs =
		text_count(json_array_size(json_object_get(status, "tabs")), "tab");
	_cleanup_free_ char *wrapped = NULL;
	json_int_t port = json_integer_value(json_object_get(status, "port"));

	if (port > 0) {
		printf("savecastd %s listens on port %" JSON_INTEGER_FORMAT
		       ": %s connected, %s switched on\n",
			version, port, browsers, tabs);
		if (*code) {
			printf("    paired browsers show the code %s\n", code);
		}
		return;
	}
	wrapped = text_wrap(*error ? error : "no reason is known", EVENT_TEXT_WIDTH, 4, 4);
	printf("savecastd %s does not listen: no browser can connect\n    %s\n", version, wrapped);
}

/* Prints the heading, and says how many are left out. */
static size_t print_heading(const char *heading, size_t count, size_t max)
{
	if (count > max) {
		printf("\n%s (%zu of %zu)\n", heading, max, count);
		return max;
	}
	printf("\n%s\n", heading);
	if (count == 0) {
		puts("  none");
	}
	return count;
}

enum { NAME_COLUMNS = 16, ROOT_COLUMNS = 40 };

static void print_padded(const char *text, size_t columns)
{
	size_t used = text_columns(text);

	printf("%s%*s", text, used < columns ? (int)(columns - used) : 0, "");
}

static void print_project(const json_t *project)
{
	_cleanup_free_ char *full_name = safe_of(project, "name");
	_cleanup_free_ char *full_root = text_home(text_of(project, "root"), getenv("HOME"));
	_cleanup_free_ char *name = text_shorten(full_name, NAME_COLUMNS);
	_cleanup_free_ char *root = text_shorten(full_root, ROOT_COLUMNS);
	_cleanup_free_ char *tabs = count_of(project, "tabs", "tab");
	_cleanup_free_ char *known_by = safe_of(project, "known-by");
	_cleanup_free_ char *problem = safe_of(project, "problem");
	_cleanup_free_ char *wrapped = text_wrap(problem, EVENT_TEXT_WIDTH, 4, 4);

	printf("  ");
	print_padded(name, NAME_COLUMNS);
	printf("  ");
	print_padded(root, ROOT_COLUMNS);
	printf("  %-13s  %s\n", known_by, tabs);
	if (*problem) {
		printf("%4s%s\n", "", wrapped);
	}
}

static void print_tab(const json_t *tab)
{
	_cleanup_free_ char *state = safe_of(tab, "state");
	_cleanup_free_ char *url = safe_of(tab, "url");
	_cleanup_free_ char *reason = safe_of(tab, "reason");
	_cleanup_free_ char *wrapped = text_wrap(reason, EVENT_TEXT_WIDTH, 17, 17);

	printf("  %5" JSON_INTEGER_FORMAT "  %-7s %s\n",
		json_integer_value(json_object_get(tab, "tab")), state, url);
	if (*wrapped) {
		printf("%17s%s\n", "", wrapped);
	}
}

static void print_event(const json_t *event)
{
	_cleanup_free_ char *line = event_text_line(event, clock_usec(CLOCK_REALTIME));

	printf("  %s\n", line);
}

/* Prints what fits of them; returns how many there are. */
static size_t print_problems(const json_t *problems, size_t room)
{
	const json_t *problem;
	size_t i;

	json_array_foreach (problems, i, problem) {
		_cleanup_free_ char *safe = text_safe(json_string_value(problem));
		_cleanup_free_ char *wrapped = text_wrap(safe, EVENT_TEXT_WIDTH, 4, 2);

		if (i < room) {
			printf("  %s\n", wrapped);
		}
	}
	return json_array_size(problems);
}

/* The user's own, then those of the projects. */
static void print_all_problems(const json_t *status)
{
	const json_t *projects = json_object_get(status, "projects");
	const json_t *project;
	size_t all = json_array_size(json_object_get(status, "settings-problems")), said = 0, i;

	json_array_foreach (projects, i, project) {
		all += json_array_size(json_object_get(project, "settings-problems"));
	}
	if (!all) {
		return;
	}
	print_heading("Wrong in the settings", all, STATUS_PROBLEMS);
	said = print_problems(json_object_get(status, "settings-problems"), STATUS_PROBLEMS);
	json_array_foreach (projects, i, project) {
		said += print_problems(json_object_get(project, "settings-problems"),
			said < STATUS_PROBLEMS ? STATUS_PROBLEMS - said : 0);
	}
}

/* Those that a tab shows come first: `room` may not do for all. */
static void print_projects(const json_t *projects, size_t room)
{
	json_t *project;
	size_t i;

	for (int pass = 0; pass < 2; pass++) {
		json_array_foreach (projects, i, project) {
			bool shown = json_integer_value(json_object_get(project, "tabs")) > 0;

			if (room && shown == (pass == 0)) {
				print_project(project);
				room--;
			}
		}
	}
}

void status_print(const json_t *status)
{
	const json_t *projects = json_object_get(status, "projects");
	const json_t *tabs = json_object_get(status, "tabs");
	const json_t *events = json_object_get(status, "events");
	size_t n;

	print_daemon(status);
	print_all_problems(status);
	n = print_heading("Projects", json_array_size(projects), STATUS_PROJECTS);
	print_projects(projects, n);
	n = print_heading("Tabs", json_array_size(tabs), STATUS_TABS);
	for (size_t i = 0; i < n; i++) {
		print_tab(json_array_get(tabs, i));
	}
	n = print_heading("Last events", json_array_size(events), STATUS_EVENTS);
	for (size_t i = 0; i < n; i++) {
		print_event(json_array_get(events, i));
	}
}
