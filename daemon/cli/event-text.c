/* SPDX-License-Identifier: MIT */
#include "cli/event-text.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "util/mem.h"
#include "util/pathname.h"
#include "cli/text.h"

/* Columns of a step: its time, its word, and where its text begins. */
enum { STEP_TIME_COLUMNS = 13, STEP_WORD_COLUMNS = 10, STEP_TEXT_COLUMN = 27 };

static uint64_t number_of(const json_t *object, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n > 0 ? (uint64_t)n : 0;
}

uint64_t event_serial(const json_t *event)
{
	return number_of(event, "serial");
}

/* The label of the project's root. */
static char *event_project(const char *root)
{
	_cleanup_free_ char *bytes = NULL;
	_cleanup_free_ char *label = NULL;
	const char *why;

	if (pathname_from_text(root, &bytes, &why) < 0) {
		return mem_strdup("-");
	}
	label = pathname_label(bytes);
	return text_safe(label);
}

/* The name of the first file is cut to `columns`. */
static char *event_files(const json_t *event, size_t columns)
{
	const char *root = text_of(event, "project");
	const char *first = json_string_value(json_array_get(json_object_get(event, "files"), 0));
	uint64_t count = number_of(event, "file-count");
	_cleanup_free_ char *full = NULL;
	_cleanup_free_ char *name = NULL;

	if (!first) {
		return mem_strdup("");
	}
	full = text_name(first, *root ? root : NULL);
	name = text_shorten(full, columns);
	if (count > 1) {
		return mem_printf("  %s and %" PRIu64 " more", name, count - 1);
	}
	return mem_printf("  %s", name);
}

static char *event_subject(const json_t *event, size_t columns)
{
	_cleanup_free_ char *project = event_project(text_of(event, "project"));
	_cleanup_free_ char *source = text_safe(text_of(event, "source"));
	_cleanup_free_ char *files = event_files(event, columns);

	return mem_printf("%s  %s%s", project, source, files);
}

char *event_text_subject(const json_t *event)
{
	return event_subject(event, SIZE_MAX);
}

static char *event_header(const json_t *event, uint64_t now_wall_usec, size_t columns)
{
	_cleanup_free_ char *clock = text_clock(number_of(event, "time"), now_wall_usec);
	_cleanup_free_ char *subject = event_subject(event, columns);

	return mem_printf("#%" PRIu64 "  %s  %s", event_serial(event), clock, subject);
}

char *event_text_header(const json_t *event, uint64_t now_wall_usec)
{
	return event_header(event, now_wall_usec, SIZE_MAX);
}

/* Its last step: "  loaded 41.2 ms". */
static char *event_outcome(const json_t *event)
{
	const json_t *steps = json_object_get(event, "steps");
	const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
	_cleanup_free_ char *word = text_safe(text_of(last, "step"));
	_cleanup_free_ char *at = text_msec(number_of(last, "at"));

	return last ? mem_printf("  %s %s", word, at) : mem_strdup("");
}

char *event_text_line(const json_t *event, uint64_t now_wall_usec)
{
	_cleanup_free_ char *outcome = event_outcome(event);
	/* With the shortest form of the name: at most TEXT_SHORTEST columns. */
	_cleanup_free_ char *bare = event_header(event, now_wall_usec, 0);
	_cleanup_free_ char *header = NULL;
	size_t used = text_columns(bare) + text_columns(outcome) - TEXT_SHORTEST;

	header = event_header(event, now_wall_usec,
		used < EVENT_TEXT_LINE_WIDTH ? EVENT_TEXT_LINE_WIDTH - used : 0);
	return mem_printf("%s%s", header, outcome);
}

/* The step's text and tab, without its first word, which is printed in its own column. */
static char *step_rest(const json_t *step, const char *word)
{
	const char *text = text_of(step, "text");
	const json_t *tab = json_object_get(step, "tab"), *top = json_object_get(step, "top");
	size_t length = strlen(word);
	_cleanup_free_ char *safe = NULL;

	if (strncasecmp(text, word, length) == 0 && (text[length] == ' ' || !text[length])) {
		text += length;
		text += strspn(text, " ");
	}
	safe = text_safe(text);
	if (!json_is_integer(tab) || strstr(safe, "tab ")) {
		return mem_steal(safe);
	}
	return mem_printf("%s %" JSON_INTEGER_FORMAT "%s%s", top ? "frame in tab" : "tab",
		json_integer_value(top ? top : tab), *safe ? ": " : "", safe);
}

char *event_text_step(const json_t *step)
{
	_cleanup_free_ char *at = text_msec(number_of(step, "at"));
	_cleanup_free_ char *word = text_safe(text_of(step, "step"));
	_cleanup_free_ char *rest = step_rest(step, word);
	_cleanup_free_ char *wrapped = NULL;
	int columns = *rest ? STEP_WORD_COLUMNS : 0;

	wrapped = text_wrap(rest, EVENT_TEXT_WIDTH, STEP_TEXT_COLUMN, STEP_TEXT_COLUMN);
	return mem_printf(
		"%*s  %-*s%s%s", STEP_TIME_COLUMNS, at, columns, word, *rest ? "  " : "", wrapped);
}
