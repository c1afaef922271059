/* SPDX-License-Identifier: MIT */
#pragma once

/* The lists of `savecast status`, each with as many rows as there is room for. */

#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

/* How many rows of each list are shown at most; SIZE_MAX: all. */
struct room {
	size_t problems, projects, tabs, events;
};

void status_rows_print(FILE *to, const json_t *status, const struct room *room);
