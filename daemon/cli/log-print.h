/* SPDX-License-Identifier: MIT */
#pragma once

/* Prints events on standard output: as text, or as one JSON object per line. */

#include <stdbool.h>

#include <jansson.h>

#include "cli/verb.h"

/* Asks the daemon for its last `count` events and prints them. */
enum exit_code log_print_last(unsigned count, bool json);

void log_print_event(const json_t *event, bool json);

/* One step, below the event that was printed last. */
void log_print_step(const json_t *step);

/* {"event":N,"step":{...}} */
void log_print_step_json(json_int_t serial, json_t *step);

/* If another event was printed last, prints the header of the event whose steps follow. */
void log_print_again(json_int_t serial, const char *subject);
