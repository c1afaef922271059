/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include <jansson.h>

enum { STATUS_EVENTS = 5 }; /* at most so many of the last events are shown */

/* Prints the object of `savecast status --json` for a person: on one screen, or all of it. */
void status_print(const json_t *status, bool all);
