/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/call.h"
#include "cli/error.h"
#include "cli/input-lines.h"
#include "cli/arguments.h"
#include "cli/path-argument.h"
#include "cli/save-batch.h"
#include "cli/save-stream.h"

static enum exit_code save_send(struct client *client, const struct save_batch *batch, bool json)
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

/* Nothing is sent if one name is wrong. */
static bool save_read_names(const struct arguments *args, char **names)
{
	_cleanup_free_ char *here = path_current_folder();
	bool good = true;

	for (int i = 0; i < args->name_count; i++) {
		const char *why;

		if (path_argument_read(args->names[i], here, &names[i], &why) < 0) {
			error_print("file: %s: %s", args->names[i], why);
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
		_cleanup_(save_batch_freep) struct save_batch *batch = save_batch_new();

		while (i < args->name_count && save_batch_has_room(batch, strlen(names[i]))) {
			save_batch_add(batch, mem_steal(names[i]));
			i++;
		}
		code = save_send(client, batch, args->json);
	}
	return code;
}

struct save_stdin {
	struct save_stream *stream;
	struct input_lines lines;
};

static void stdin_on_line(
	enum input_line_kind kind, char *line, size_t length, uint64_t number, void *userdata)
{
	struct save_stdin *save = userdata;
	char where[32];

	snprintf(where, sizeof where, "line %llu", (unsigned long long)number);
	if (kind == INPUT_LINE_TOO_LONG) {
		save_stream_refuse(
			save->stream, where, "file", "is longer than any file: URI can be");
	} else if (strlen(line) < length) {
		save_stream_refuse(save->stream, where, line, "a name cannot hold a NUL byte");
	} else if (length) {
		save_stream_take(save->stream, line, where);
	}
}

static bool stdin_feed(struct save_stream *stream, char *bytes, size_t length, void *userdata)
{
	struct save_stdin *save = userdata;

	save->stream = stream;
	input_lines_feed(&save->lines, bytes, length, stdin_on_line, save);
	return true;
}

static void stdin_finish(struct save_stream *stream, void *userdata)
{
	struct save_stdin *save = userdata;

	save->stream = stream;
	input_lines_finish(&save->lines, stdin_on_line, save);
}

static enum exit_code save_from_stdin(bool json)
{
	static const struct save_stream_source source = {
		.feed = stdin_feed, .finish = stdin_finish};
	struct save_stdin *save = mem_new(struct save_stdin);
	enum exit_code code = save_stream_run(&source, save, json);

	free(save);
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
	.synopsis = "[--json] FILE...\n[--json] --stdin",
	.summary = "report files that were saved",
	.description =
		"Tells the daemon that each FILE, a path or a `file:` URI, was written, created, "
		"renamed or deleted. The tabs that show its project reload when the new code "
		"serves; this command does not wait for that.\n"
		"\n"
		"With `--stdin` it stays, for an editor to keep: it reads names, one a line, as "
		"bytes; a name that contains a line break must be a `file:` URI. All lines that it "
		"reads at once become one save. It never waits for the daemon, reports each save "
		"that fails on one line of standard error, connects again if the session bus went "
		"away, and ignores SIGINT and SIGHUP. It ends when its input ends, or at SIGTERM, "
		"once everything is delivered.\n"
		"\n"
		"Prints nothing; with `--json` prints `{\"event\":7}` for each save: the number of "
		"its event in `savecast log`.\n",
	.examples = "savecast save style.css",
	.options = "sj",
	.takes = VERB_TAKES_FILES,
	.names_min = 1,
	.names_max = NAMES_NO_LIMIT,
	.run = save_run,
};
