/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "cli/call.h"

enum { STATUS_EVENTS = 5 }; /* of the last events, at most this many are shown */

/* Asks the daemon for the object of `savecast status --json`, which the caller drops. */
enum exit_code status_read(struct client *client, json_t **status);

/* Prints the object of `savecast status --json` as text: one screen, or all of it. */
void status_print(const json_t *status, bool all);

/* How many rows of each list are shown at most; SIZE_MAX: all. */
struct room {
	size_t problems, projects, tabs, events;
};

/* status-rows.c: the lists, each with as many rows as there is room for. */
void status_rows_print(FILE *to, const json_t *status, const struct room *room);
