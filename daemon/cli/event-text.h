/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Formats events and their steps, as ListEvents and EventStep return them, for display.
 * Keys that are missing or of the wrong type are left out. Pure; the caller frees the
 * texts, which are safe for a terminal.
 *
 *   #7  14:03:22.418  potato  save  templates/home.html
 *          0.0 ms  heard
 *         41.2 ms  loaded  tab 17
 */

#include <stdint.h>

#include <jansson.h>

/* Columns: longer lines are wrapped; lines in a list, which are indented by two, are cut. */
enum { EVENT_TEXT_WIDTH = 80, EVENT_TEXT_LINE_WIDTH = 78 };

uint64_t event_serial(const json_t *event);

/* The first line, with the date unless the event is of the same day as `now_wall_usec`. */
char *event_text_header(const json_t *event, uint64_t now_wall_usec);

/* What the event is about: "potato  save  templates/home.html and 2 more". */
char *event_text_subject(const json_t *event);

/* The first line and how it ended, with as much of the file's name as fits. */
char *event_text_line(const json_t *event, uint64_t now_wall_usec);

/* One step: its line, or lines, without a line break at the end. */
char *event_text_step(const json_t *step);
