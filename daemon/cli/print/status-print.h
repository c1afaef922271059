/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>

/* One screen, and how much of each is on it at most. */
enum {
	STATUS_LINES = 24,
	STATUS_PROJECTS = 5,
	STATUS_TABS = 4,
	STATUS_EVENTS = 5,
};

/* Prints the object of `savecast status --json` for a person. */
void status_print(const json_t *status);
