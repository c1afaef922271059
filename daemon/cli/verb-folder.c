/* SPDX-License-Identifier: MIT */
#include "cli/call.h"

static enum exit_code track_run(const struct verb *verb, const struct arguments *args)
{
	static const struct folder_call call = {
		.member = "Track", .has_options = true, .must_exist = true, .key = "project"};

	return call_with_folder(verb, &call, args, NULL);
}

const struct verb verb_track = {
	.name = "track",
	.synopsis = "[--json] [DIR]",
	.summary = "make a folder a project",
	.description =
		"Makes DIR, by default the current folder, a project: a save in it reloads the "
		"tabs "
		"that show it. It stays a project until `savecast untrack`, even if the daemon "
		"restarts. A git work tree is a project without this.\n"
		"\n"
		"Prints nothing; with `--json` prints `{\"project\":\"/object/path\"}`, the "
		"project's D-Bus object.\n",
	.examples = "savecast track ~/src/mysite",
	.options = "j",
	.takes = VERB_TAKES_FOLDER,
	.names_max = 1,
	.run = track_run,
};

static enum exit_code untrack_run(const struct verb *verb, const struct arguments *args)
{
	static const struct folder_call call = {
		.member = "Untrack", .has_options = false, .must_exist = false, .key = NULL};

	return call_with_folder(verb, &call, args, NULL);
}

const struct verb verb_untrack = {
	.name = "untrack",
	.synopsis = "[DIR]",
	.summary = "no longer treat a folder as a project",
	.description = "Undoes `savecast track DIR`. DIR, by default the current folder, need not "
		       "exist any more.\n",
	.examples = "savecast untrack ~/src/mysite",
	.options = "",
	.takes = VERB_TAKES_FOLDER,
	.names_max = 1,
	.run = untrack_run,
};

static enum exit_code reload_run(const struct verb *verb, const struct arguments *args)
{
	static const struct folder_call call = {
		.member = "Reload", .has_options = true, .must_exist = true, .key = "event"};

	return call_with_folder(verb, &call, args, NULL);
}

const struct verb verb_reload = {
	.name = "reload",
	.synopsis = "[--json] [DIR]",
	.summary = "reload the tabs of a project",
	.description =
		"Reloads the tabs of the project that contains DIR, by default the current folder, "
		"as if a file in it had been saved.\n"
		"\n"
		"Prints nothing; with `--json` prints `{\"event\":7}`, the number of its event in "
		"`savecast log`.\n",
	.examples = "savecast reload",
	.options = "j",
	.takes = VERB_TAKES_FOLDER,
	.names_max = 1,
	.run = reload_run,
};
