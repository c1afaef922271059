/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/clock.h"
#include "cli/call.h"
#include "cli/event-text.h"
#include "cli/follow.h"
#include "cli/log-print.h"

static enum exit_code log_list(const struct arguments *args)
{
	_cleanup_(client_freep) struct client *client = call_connect();
	json_t *values = NULL;
	enum exit_code code;

	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	code = call_daemon(client,
		&(struct client_method){.member = "ListEvents",
			.has_options = true,
			.options = {{"limit", 'u', args->number}},
			.option_count = 1},
		&values);
	if (code == EXIT_CODE_DONE && args->number) {
		json_t *event;
		size_t i;

		json_array_foreach (json_array_get(values, 0), i, event) {
			log_print_event(event, args->json);
		}
	}
	json_decref(values);
	return code;
}

static enum exit_code log_run(const struct verb *verb, const struct arguments *args)
{
	return args->follow ? follow_run(args) : log_list(args);
}

const struct verb verb_log = {
	.name = "log",
	.synopsis = "[-n N] [--follow] [--json]",
	.summary = "tell what became of the last saves",
	.description =
		"Prints the daemon's last events, oldest first: each save, and every step it\n"
		"took with the time since it was heard. The daemon keeps 256 events.\n"
		"\n"
		"With --follow it goes on to print what happens, as it happens, until Ctrl-C.\n"
		"If the daemon goes away, it says so and waits for it to come back.\n"
		"\n"
		"With --json an event is one line with the keys \"serial\", \"source\",\n"
		"\"project\", \"files\", \"file-count\", \"time\", \"started\", \"closed\" and \"steps\",\n"
		"as the D-Bus method ListEvents has them (times are microseconds). --follow\n"
		"prints each event that is new to it so, and each later step as\n"
		"{\"event\":7,\"step\":{...}}.\n",
	.options = "nfj",
	.run = log_run,
};
