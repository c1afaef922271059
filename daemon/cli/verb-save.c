/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "util/pathname.h"
#include "cli/call.h"
#include "cli/error.h"
#include "cli/event-text.h"
#include "cli/input-lines.h"
#include "cli/arguments.h"
#include "cli/path-argument.h"
#include "cli/save-batch.h"
#include "cli/save-stream.h"
#include "cli/text.h"

/* The last component of a name as the D-Bus API writes it. */
static const char *last_component(const char *name)
{
	const char *slash = name ? strrchr(name, '/') : NULL;

	return slash ? slash + 1 : "";
}

/* Whether the event is about one of the batch's files; its names have no symbolic links. */
static bool is_of_batch(const json_t *event, const struct save_batch *batch)
{
	const json_t *file;
	size_t i;

	json_array_foreach (json_object_get(event, "files"), i, file) {
		const char *name = last_component(json_string_value(file));

		for (size_t k = 0; k < batch->count; k++) {
			if (strcmp(last_component(batch->names[k]), name) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* Prints which files of the event reload nothing, and why. Returns whether there are any. */
static bool report_in_vain(const json_t *event)
{
	const json_t *step;
	size_t i;

	json_array_foreach (json_object_get(event, "steps"), i, step) {
		const char *word = text_of(step, "step");

		if (strcmp(word, "no-project") == 0 || strcmp(word, "ignored") == 0) {
			const json_t *files = json_object_get(event, "files");
			_cleanup_free_ char *file =
				text_name(json_string_value(json_array_get(files, 0)), NULL);
			json_int_t count = json_integer_value(json_object_get(event, "file-count"));
			_cleanup_free_ char *more = count > 1
				? mem_printf(" and %" JSON_INTEGER_FORMAT " more", count - 1)
				: mem_strdup("");

			error_print("file: %s%s: nothing reloads: %s", file, more,
				text_of(step, "text"));
			return true;
		}
	}
	return false;
}

/*
 * Checks whether the saves count: the daemon accepts a save of any file, and logs what it
 * did with it. `first` is the event's number in its answer.
 */
static enum exit_code check_events(
	struct client *client, const struct save_batch *batch, json_int_t first)
{
	json_t *values = NULL;
	const json_t *event;
	enum exit_code code = call_daemon(client,
		&(struct client_method){.member = "ListEvents",
			.has_options = true,
			.options = {{.key = "after", .type = 't', .number = (uint64_t)first - 1}},
			.option_count = 1},
		&values);
	size_t i;

	json_array_foreach (json_array_get(values, 0), i, event) {
		bool ours = event_serial(event) == (uint64_t)first || is_of_batch(event, batch);

		if (ours && report_in_vain(event)) {
			code = EXIT_CODE_REFUSED;
		}
	}
	json_decref(values);
	return code;
}

static enum exit_code save_send(struct client *client, const struct save_batch *batch, bool json)
{
	json_t *values = NULL;
	enum exit_code code = call_daemon(client,
		&(struct client_method){.member = "Saved",
			.names = batch->names,
			.name_count = batch->count,
			.has_options = true},
		&values);
	json_int_t first = json_integer_value(json_array_get(values, 0));

	if (code == EXIT_CODE_DONE && json) {
		call_print_json(json_pack("{s:O*}", "event", json_array_get(values, 0)));
	}
	if (code == EXIT_CODE_DONE && first > 0) {
		code = check_events(client, batch, first);
	}
	json_decref(values);
	return code;
}

/* NULL if the file can be reported to the daemon; `name` is as the D-Bus API writes it. */
static const char *why_not(const char *name, bool deleted)
{
	_cleanup_free_ char *bytes = NULL;
	const char *why;
	struct stat st;

	if (pathname_from_text(name, &bytes, &why) < 0) {
		return why;
	}
	if (lstat(bytes, &st) < 0 && errno == ENOENT && !deleted) {
		return "there is no such file; if it was deleted, add --deleted";
	}
	if (stat(bytes, &st) == 0 && S_ISDIR(st.st_mode)) {
		return "is a directory, not a file; to reload the tabs of a project, run "
		       "'savecast reload DIR'";
	}
	return NULL;
}

/* Nothing is sent if one name is wrong. */
static bool save_read_names(const struct arguments *args, char **names)
{
	_cleanup_free_ char *here = path_current_folder();
	bool good = true;

	for (int i = 0; i < args->name_count; i++) {
		const char *given = args->names[i];
		_cleanup_free_ char *page = args->deleted ? NULL : path_argument_guess_url(given);
		const char *why = NULL;

		if (page) {
			error_print("file: %s: there is no such file; to reload the page %s, run "
				    "'savecast reload DIR' with its project's folder",
				given, page);
			good = false;
		} else if (path_argument_is_url(given)) {
			why = "is a URL, not a file; to reload the tabs of a project, run "
			      "'savecast reload DIR'";
		} else if (path_argument_read(given, here, &names[i], &why) == 0) {
			why = why_not(names[i], args->deleted);
		}
		if (why) {
			error_print("file: %s: %s", *given ? given : "''", why);
			good = false;
		}
	}
	return good;
}

static enum exit_code save_names(const struct arguments *args, char **names)
{
	_cleanup_(client_freep) struct client *client = call_connect();
	enum exit_code worst = EXIT_CODE_DONE;

	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	for (int i = 0; i < args->name_count && worst <= EXIT_CODE_REFUSED;) {
		_cleanup_(save_batch_freep) struct save_batch *batch = save_batch_new();
		enum exit_code code;

		while (i < args->name_count && save_batch_has_room(batch, strlen(names[i]))) {
			save_batch_add(batch, mem_steal(names[i]));
			i++;
		}
		code = save_send(client, batch, args->json);
		worst = code > worst ? code : worst;
	}
	return worst;
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
	.synopsis = "[--json] [--deleted] FILE...\n[--json] --stdin",
	.summary = "report files that were saved",
	.description =
		"Tells the daemon that each FILE, a path or a `file:` URI, was written, created, "
		"renamed or deleted. The tabs that show its project reload when the server is "
		"serving the new code; this command does not wait for that. A FILE that does not "
		"exist is an error unless `--deleted` says that it was deleted. If a FILE is in no "
		"project or "
		"is ignored, a line on standard error says why nothing reloads and what to do, and "
		"the exit code is 1.\n"
		"\n"
		"With `--stdin` it keeps running, as a job of an editor, and reads names, one per "
		"line, as bytes; a name that contains a line break must be a `file:` URI. All "
		"lines that it reads at once become one save. It never waits for the daemon, reports each save "
		"that fails on one line of standard error, connects again if the session bus was "
		"restarted, and ignores SIGINT and SIGHUP. It ends when its input ends, or at SIGTERM, "
		"once everything is delivered.\n"
		"\n"
		"Prints nothing; with `--json` prints `{\"event\":7}` for each save: the number of "
		"its event in `savecast log`.\n",
	.examples = "savecast save style.css\nsavecast save --deleted old.css",
	.options = "sdj",
	.takes = VERB_TAKES_FILES,
	.names_min = 1,
	.names_max = NAMES_NO_LIMIT,
	.run = save_run,
};
