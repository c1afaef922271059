/* SPDX-License-Identifier: MIT */
#include "cli/log-print.h"

#include <stdio.h>
#include <time.h>

#include "util/clock.h"
#include "util/mem.h"
#include "cli/call.h"
#include "cli/event-text.h"

enum exit_code log_print_last(unsigned count, bool json)
{
	_cleanup_(client_freep) struct client *client = call_connect();
	json_t *events, *event;
	enum exit_code code;
	size_t i;

	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	events = json_array();
	code = call_events(client, count, events);
	json_array_foreach (events, i, event) {
		log_print_event(event, json);
	}
	if (code == EXIT_CODE_DONE && count && !json_array_size(events) && !json) {
		puts("No saves yet: nothing was reported to the daemon since it started.");
	}
	json_decref(events);
	return code;
}

void log_print_event(const json_t *event, bool json)
{
	_cleanup_free_ char *header = NULL;
	json_t *step;
	size_t i;

	if (json) {
		call_print_json(json_incref((json_t *)event));
		return;
	}
	header = event_text_header(event, clock_usec(CLOCK_REALTIME));
	puts(header);
	json_array_foreach (json_object_get(event, "steps"), i, step) {
		log_print_step(step);
	}
}

void log_print_step(const json_t *step)
{
	_cleanup_free_ char *text = event_text_step(step);

	puts(text);
}

void log_print_step_json(json_int_t serial, json_t *step)
{
	call_print_json(json_pack("{s:I, s:O}", "event", serial, "step", step));
}

void log_print_again(json_int_t serial, const char *subject)
{
	printf("#%" JSON_INTEGER_FORMAT "  ...  %s\n", serial, subject);
}
