/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>

/* How much of each fits one screen. */
enum { STATUS_PROBLEMS = 2, STATUS_PROJECTS = 5, STATUS_TABS = 4, STATUS_EVENTS = 5 };

/* Prints the object of `savecast status --json` for a person. */
void status_print(const json_t *status);
