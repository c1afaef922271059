/* SPDX-License-Identifier: MIT */
#include "cli/print/follow.h"
#include "cli/print/log-print.h"

static enum exit_code log_run(const struct verb *verb, const struct arguments *args)
{
	return args->follow ? follow_run(args) : log_print_last(args->number, args->json);
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
