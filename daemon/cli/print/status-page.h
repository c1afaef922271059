/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

enum { STATUS_PROBLEMS = 2 }; /* are shown */

/* How many of each are shown. */
struct room {
	size_t projects, tabs, events;
};

/* Writes what `savecast status` shows of the object of its --json. */
void status_page(FILE *to, const json_t *status, const struct room *room);
