/* SPDX-License-Identifier: MIT */
#include "cli/call/call.h"

static enum exit_code reload_run(const struct verb *verb, const struct arguments *args)
{
	return call_with_folder(verb, "Reload", true, args, "event");
}

const struct verb verb_reload = {
	.name = "reload",
	.synopsis = "[--json] [DIR]",
	.summary = "reload the tabs of a project",
	.description =
		"Reloads the tabs of the project that DIR, by default the current folder, is\n"
		"in, as if something in it had been saved.\n"
		"\n"
		"Prints nothing; with --json {\"event\":7}, the number that 'savecast log'\n"
		"tells the story of.\n",
	.options = "j",
	.names_max = 1,
	.run = reload_run,
};
