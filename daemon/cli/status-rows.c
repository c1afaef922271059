/* SPDX-License-Identifier: MIT */
#include "cli/status-page.h"

#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "cli/event-text.h"
#include "cli/text.h"

static char *safe_of(const json_t *object, const char *key)
{
	return text_safe(text_of(object, key));
}

static char *count_of(const json_t *object, const char *key, const char *noun)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return text_count(n > 0 ? (uint64_t)n : 0, noun);
}

#define WAITING_TEXT                                                                               \
	"    a browser extension that is not known here waits: savecast pair shows it\n"

/* How many browser extensions wait to be confirmed. */
static size_t waiting_of(const json_t *status)
{
	const json_t *extension;
	size_t i, count = 0;

	json_array_foreach (json_object_get(status, "extensions"), i, extension) {
		count += strcmp(text_of(extension, "state"), "waiting") == 0;
	}
	return count;
}

static void print_below(FILE *to, const char *text)
{
	_cleanup_free_ char *wrapped = text_wrap(text, EVENT_TEXT_WIDTH, 4, 4);

	fprintf(to, "%4s%s\n", "", wrapped);
}

static void print_daemon(FILE *to, const json_t *status)
{
	_cleanup_free_ char *version = safe_of(status, "version");
	_cleanup_free_ char *error = safe_of(status, "port-error");
	_cleanup_free_ char *code = safe_of(status, "pairing-code");
	_cleanup_free_ char *browsers = count_of(status, "browsers", "browser");
	_cleanup_free_ char *tabs =
		text_count(json_array_size(json_object_get(status, "tabs")), "tab");
	_cleanup_free_ char *reason = safe_of(status, "port-reason");
	json_int_t port = json_integer_value(json_object_get(status, "port"));

	if (port > 0) {
		fprintf(to,
			"savecastd %s listens on port %" JSON_INTEGER_FORMAT
			": %s connected, %s switched on\n",
			version, port, browsers, tabs);
		if (strcmp(reason, "savecast.port") != 0) {
			print_below(to, reason);
		}
		if (*code) {
			fprintf(to,
				"    pairing code %s: the extension's settings must show the "
				"same\n",
				code);
		}
		fputs(waiting_of(status) ? WAITING_TEXT : "", to);
		return;
	}
	fprintf(to, "savecastd %s does not listen: no browser can connect\n", version);
	print_below(to, *error ? error : "no reason is known");
}

/* Prints the heading, and how many rows are shown if not all. Returns that number. */
static size_t print_heading(FILE *to, const char *heading, size_t count, size_t max)
{
	if (count > max) {
		fprintf(to, "\n%s (%zu of %zu; savecast status --all shows the rest)\n", heading,
			max, count);
		return max;
	}
	fprintf(to, "\n%s\n", heading);
	if (count == 0) {
		fputs("  none\n", to);
	}
	return count;
}

enum { NAME_COLUMNS = 12, ROOT_COLUMNS = 22, SERVER_COLUMNS = 16, REASON_COLUMN = 17 };

static void print_padded(FILE *to, const char *text, size_t columns)
{
	size_t used = text_columns(text);

	fprintf(to, "%s%*s", text, used < columns ? (int)(columns - used) : 0, "");
}

/* "uvicorn:8000 php:8080", or "-"; the caller frees it. */
static char *servers_of(const json_t *project)
{
	char *line = mem_strdup("");
	const json_t *server;
	size_t i;

	json_array_foreach (json_object_get(project, "servers"), i, server) {
		_cleanup_free_ char *name = safe_of(server, "name");
		char *longer = mem_printf("%s%s%s:%" JSON_INTEGER_FORMAT, line, i ? " " : "", name,
			json_integer_value(json_object_get(server, "port")));

		free(line);
		line = longer;
	}
	if (!*line) {
		free(line);
		line = mem_strdup("-");
	}
	return line;
}

/* Prints a remark on a project below its line. */
static void print_remark(FILE *to, const char *what, const json_t *project, const char *key)
{
	_cleanup_free_ char *said = safe_of(project, key);
	_cleanup_free_ char *text = mem_printf("%s%s", what, said);

	if (*said) {
		print_below(to, text);
	}
}

/* Rules of its .savecast that have no effect, one or `all`, and what to do about that. */
static void print_untrusted(FILE *to, const json_t *project, bool all)
{
	const json_t *rules = json_object_get(project, "untrusted");
	size_t count = json_array_size(rules), shown = all ? count : 1;
	_cleanup_free_ char *root = NULL, *word = NULL, *said = NULL, *text = mem_strdup("");
	const char *why;

	if (!count || pathname_from_text(text_of(project, "root"), &root, &why) < 0) {
		return;
	}
	for (size_t i = 0; i <= shown && i < count; i++) {
		_cleanup_free_ char *before = mem_steal(text);
		_cleanup_free_ char *rule = i < shown
			? text_safe(json_string_value(json_array_get(rules, i)))
			: mem_printf("%zu more", count - shown);

		text = mem_printf("%s%s%s", before, !i ? "" : i < shown ? ", " : " and ", rule);
	}
	word = pathname_to_word(root);
	said = mem_printf("not trusted: %s: to apply %s, run savecast trust %s", text,
		count > 1 ? "them" : "it", word);
	print_below(to, said);
}

static void print_project(FILE *to, const json_t *project, bool all)
{
	_cleanup_free_ char *full_name = safe_of(project, "name");
	_cleanup_free_ char *full_root = text_home(text_of(project, "root"), getenv("HOME"));
	_cleanup_free_ char *name = text_shorten(full_name, NAME_COLUMNS);
	_cleanup_free_ char *root = text_shorten(full_root, ROOT_COLUMNS);
	_cleanup_free_ char *all_servers = servers_of(project);
	_cleanup_free_ char *servers = text_shorten(all_servers, SERVER_COLUMNS);
	_cleanup_free_ char *tabs = count_of(project, "tabs", "tab");
	_cleanup_free_ char *known_by = safe_of(project, "known-by");

	fprintf(to, "  ");
	print_padded(to, name, NAME_COLUMNS);
	fprintf(to, "  ");
	print_padded(to, root, ROOT_COLUMNS);
	fprintf(to, "  %-13s  ", known_by);
	print_padded(to, servers, SERVER_COLUMNS);
	fprintf(to, "  %s\n", tabs);
	print_untrusted(to, project, all);
	print_remark(to, "", project, "problem");
	print_remark(to, "held: ", project, "held-by");
}

static void print_tab(FILE *to, const json_t *tab)
{
	_cleanup_free_ char *state = safe_of(tab, "state");
	_cleanup_free_ char *full_url = safe_of(tab, "url");
	const json_t *top = json_object_get(tab, "top");
	_cleanup_free_ char *url = text_shorten(full_url,
		EVENT_TEXT_WIDTH - REASON_COLUMN - (top ? strlen("frame of this tab: ") : 0));
	_cleanup_free_ char *reason = safe_of(tab, "reason");
	/* A tab that works needs one line; otherwise the whole reason shows what to do. */
	_cleanup_free_ char *wrapped = strcmp(state, "live") == 0
		? text_shorten(reason, EVENT_TEXT_WIDTH - REASON_COLUMN)
		: text_wrap(reason, EVENT_TEXT_WIDTH, REASON_COLUMN, REASON_COLUMN);

	fprintf(to, "  %5" JSON_INTEGER_FORMAT "  %-7s %s%s\n",
		json_integer_value(top ? top : json_object_get(tab, "tab")), state,
		top ? "frame of this tab: " : "", url);
	if (*wrapped) {
		fprintf(to, "%*s%s\n", REASON_COLUMN, "", wrapped);
	}
}

static void print_event(FILE *to, const json_t *event)
{
	_cleanup_free_ char *line = event_text_line(event, clock_usec(CLOCK_REALTIME));

	fprintf(to, "  %s\n", line);
}

/* Prints at most `room` of them; returns how many there are. */
static size_t print_problems(FILE *to, const json_t *problems, size_t room)
{
	const json_t *problem;
	size_t i;

	json_array_foreach (problems, i, problem) {
		_cleanup_free_ char *safe = text_safe(json_string_value(problem));
		_cleanup_free_ char *wrapped = text_wrap(safe, EVENT_TEXT_WIDTH, 4, 2);

		if (i < room) {
			fprintf(to, "  %s\n", wrapped);
		}
	}
	return json_array_size(problems);
}

/* The errors in the user's settings, then those in the projects' settings. */
static void print_all_problems(FILE *to, const json_t *status, size_t room)
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
	print_heading(to, "Errors in the settings", all, room);
	said = print_problems(to, json_object_get(status, "settings-problems"), room);
	json_array_foreach (projects, i, project) {
		said += print_problems(to, json_object_get(project, "settings-problems"),
			said < room ? room - said : 0);
	}
}

/* Projects with a tab come first, as `room` may not be enough for all. */
static void print_projects(FILE *to, const json_t *projects, size_t room, bool all)
{
	json_t *project;
	size_t i;

	for (int pass = 0; pass < 2; pass++) {
		json_array_foreach (projects, i, project) {
			bool shown = json_integer_value(json_object_get(project, "tabs")) > 0;

			if (room && shown == (pass == 0)) {
				print_project(to, project, all);
				room--;
			}
		}
	}
}

void status_rows_print(FILE *to, const json_t *status, const struct room *room)
{
	const json_t *projects = json_object_get(status, "projects");
	const json_t *tabs = json_object_get(status, "tabs");
	const json_t *events = json_object_get(status, "events");
	size_t n, first;

	print_daemon(to, status);
	print_all_problems(to, status, room->problems);
	n = print_heading(to, "Projects", json_array_size(projects), room->projects);
	print_projects(to, projects, n, room->projects == SIZE_MAX);
	n = print_heading(to, "Tabs", json_array_size(tabs), room->tabs);
	for (size_t i = 0; i < n; i++) {
		print_tab(to, json_array_get(tabs, i));
	}
	n = print_heading(to, "Last events", json_array_size(events), room->events);
	first = json_array_size(events) - n;
	for (size_t i = 0; i < n; i++) {
		print_event(to, json_array_get(events, first + i));
	}
}
