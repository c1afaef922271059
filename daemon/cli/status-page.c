/* SPDX-License-Identifier: MIT */
#include "cli/status-page.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* The size of a screen, and how much of each list is shown on it at most. */
enum { STATUS_LINES = 24, STATUS_PROBLEMS = 2, STATUS_PROJECTS = 5, STATUS_TABS = 4 };

/* The caller frees it. */
static char *status_text(const json_t *status, const struct room *room)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to) {
		abort();
	}
	status_rows_print(to, status, room);
	fclose(to);
	return text;
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; (text = strchr(text, '\n')); text++) {
		lines++;
	}
	return lines;
}

/* Shows one row less of the longest list; false if only one row of each list is left. */
static bool room_shrink(struct room *room)
{
	size_t *most = &room->tabs;

	if (room->events > 2 * room->tabs) {
		most = &room->events;
	}
	if (room->projects > *most && room->projects > 2 * room->tabs) {
		most = &room->projects;
	}
	if (*most == 1) {
		return false;
	}
	--*most;
	return true;
}

void status_print(const json_t *status, bool all)
{
	struct room room = {STATUS_PROBLEMS, STATUS_PROJECTS, STATUS_TABS, STATUS_EVENTS};
	_cleanup_free_ char *text = NULL;

	if (all) {
		room = (struct room){SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
	}
	text = status_text(status, &room);
	while (!all && count_lines(text) > STATUS_LINES && room_shrink(&room)) {
		free(text);
		text = status_text(status, &room);
	}
	fputs(text, stdout);
}
