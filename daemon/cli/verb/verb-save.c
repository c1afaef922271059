/* SPDX-License-Identifier: MIT */
#include "cli/call/call.h"
#include "cli/feed/batch.h"
#include "cli/feed/save-stdin.h"
#include "cli/print/complain.h"
#include "cli/verb/arguments.h"
#include "cli/verb/name.h"

static enum exit_code save_batch(struct client *client, const struct batch *batch, bool json)
{
	json_t *values = NULL;
	enum exit_code code = call_daemon(client,
		&(struct client_method){.member = "Saved",
			.names = batch->names,
			.name_count = batch->count,
			.has_options = true},
		&values);

	if (code == EXIT_CODE_DONE && json) {
		call_print_json(json_pack("{s:O*}", "event", json_array_get(values, 0)));
	}
	json_decref(values);
	return code;
}

/* Nothing is sent if a name is wrong. */
static bool save_read_names(const struct arguments *args, char **names)
{
	_cleanup_free_ char *here = name_current_folder();
	bool good = true;

	for (int i = 0; i < args->name_count; i++) {
		const char *why;

		if (name_read(args->names[i], here, &names[i], &why) < 0) {
			complain("file: %s: %s", args->names[i], why);
			good = false;
		}
	}
	return good;
}

static enum exit_code save_names(const struct arguments *args, char **names)
{
	_cleanup_(client_freep) struct client *client = call_connect();
	enum exit_code code = EXIT_CODE_DONE;

	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	for (int i = 0; i < args->name_count && code == EXIT_CODE_DONE;) {
		_cleanup_(batch_freep) struct batch *batch = batch_new();

		while (i < args->name_count && batch_has_room(batch, strlen(names[i]))) {
			batch_add(batch, mem_steal(names[i]));
			i++;
		}
		code = save_batch(client, batch, args->json);
	}
	return code;
}

static enum exit_code save_run(const struct verb *verb, const struct arguments *args)
{
	char **names;
	enum exit_code code;

	if (args->from_stdin) {
		if (args->name_count) {
			return arguments_wrong(
				verb, "save: %s: --stdin takes no names", args->names[0]);
		}
		return save_from_stdin(args->json);
	}
	names = mem_zero((size_t)args->name_count * sizeof *names);
	code = save_read_names(args, names) ? save_names(args, names) : EXIT_CODE_USAGE;
	for (int i = 0; i < args->name_count; i++) {
		free(names[i]);
	}
	free(names);
	return code;
}

const struct verb verb_save = {
	.name = "save",
	.synopsis = "[--json] FILE...\n       savecast save [--json] --stdin",
	.summary = "tell of files that were saved",
	.description =
		"Tells the daemon that each FILE was written, created, renamed or deleted. FILE\n"
		"is a path, or a file: URI. The tabs that show its project reload when the new\n"
		"code serves; this does not wait for it.\n"
		"\n"
		"With --stdin it stays, for an editor to keep: names come one a line, as bytes; a\n"
		"name that holds a line break must be a file: URI. What is there at once goes as\n"
		"one save. It never waits for the daemon, reports each save that fails on one\n"
		"line of standard error, connects again if the bus went away, ignores SIGINT and\n"
		"SIGHUP, and ends when its input does (or at SIGTERM), after all is delivered.\n"
		"\n"
		"Prints nothing; with --json {\"event\":7} for each save, the number that\n"
		"'savecast log' tells the story of.\n",
	.options = "sj",
	.names_min = 1,
	.names_max = 1 << 30,
	.run = save_run,
};
