/* SPDX-License-Identifier: MIT */
#include "cli/print/status-print.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print/status-page.h"

/* The whole of it; the caller frees it. */
static char *status_text(const json_t *status, const struct room *room)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to) {
		abort();
	}
	status_page(to, status, room);
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

/* One less of what takes most; false if one of each is left. */
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

void status_print(const json_t *status)
{
	struct room room = {STATUS_PROJECTS, STATUS_TABS, STATUS_EVENTS};
	char *text = status_text(status, &room);

	while (count_lines(text) > STATUS_LINES && room_shrink(&room)) {
		free(text);
		text = status_text(status, &room);
	}
	fputs(text, stdout);
	free(text);
}
