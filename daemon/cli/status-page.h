/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "cli/call.h"

enum { STATUS_EVENTS = 5 }; /* at most so many of the last events are shown */

/* Asks the daemon for the object of `savecast status --json`, which the caller drops. */
enum exit_code status_read(struct client *client, json_t **status);

/* Prints the object of `savecast status --json` for a person: on one screen, or all of it. */
void status_print(const json_t *status, bool all);
