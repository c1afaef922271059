/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Events and their steps, as ListEvents and EventStep give them, for a person.
 * Keys that are missing or of another type are left out. Pure; the caller frees
 * what is returned, which is safe for a terminal.
 *
 *   #7  14:03:22.418  potato  save  templates/home.html
 *          0.0 ms  heard
 *         41.2 ms  loaded  tab 17
 */

#include <stdint.h>

#include <jansson.h>

/* Beyond this many columns lines are broken, or cut to fit after an indent of two. */
enum { EVENT_TEXT_WIDTH = 80, EVENT_TEXT_LINE_WIDTH = 78 };

uint64_t event_serial(const json_t *event);

/* The first line. `now_wall_usec` tells whether the day must be said. */
char *event_text_header(const json_t *event, uint64_t now_wall_usec);

/* What the event is about: "potato  save  templates/home.html and 2 more". */
char *event_text_subject(const json_t *event);

/* The first line and how it ended, with as much of the file's name as fits. */
char *event_text_line(const json_t *event, uint64_t now_wall_usec);

/* One step: its line, or lines, without a line break at the end. */
char *event_text_step(const json_t *step);
