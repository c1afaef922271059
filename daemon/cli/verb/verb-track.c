/* SPDX-License-Identifier: MIT */
#include "cli/call/call.h"

static enum exit_code track_run(const struct verb *verb, const struct arguments *args)
{
	return call_with_folder(verb, "Track", true, args, "project");
}

const struct verb verb_track = {
	.name = "track",
	.synopsis = "[--json] [DIR]",
	.summary = "make a folder a project of its own",
	.description =
		"Makes DIR, by default the current folder, a project: a save in it reloads the\n"
		"tabs that show it. It stays one until 'savecast untrack', also over restarts\n"
		"of the daemon. A git work tree need not be tracked.\n"
		"\n"
		"Prints nothing; with --json {\"project\":\"/object/path\"}.\n",
	.options = "j",
	.names_max = 1,
	.run = track_run,
};

static enum exit_code untrack_run(const struct verb *verb, const struct arguments *args)
{
	return call_with_folder(verb, "Untrack", false, args, NULL);
}

const struct verb verb_untrack = {
	.name = "untrack",
	.synopsis = "[DIR]",
	.summary = "forget a project",
	.description =
		"Forgets what 'savecast track DIR' did. DIR, by default the current folder,\n"
		"may be gone.\n",
	.options = "",
	.names_max = 1,
	.run = untrack_run,
};
