/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "util/utf8.h"
#include "cli/call.h"
#include "cli/error.h"
#include "cli/child.h"
#include "cli/arguments.h"
#include "cli/path-argument.h"

enum { RUN_REASON_MAX = 160 };

/* The command on one line, cut to RUN_REASON_MAX. */
static char *run_reason(const struct arguments *args)
{
	_cleanup_free_ char *line = mem_strdup("");
	char *clean;

	for (int i = 0; i < args->name_count && strlen(line) < RUN_REASON_MAX; i++) {
		char *longer = mem_printf("%s%s%s", line, i ? " " : "", args->names[i]);

		free(line);
		line = longer;
	}
	clean = mem_alloc(RUN_REASON_MAX + 1);
	utf8_copy(clean, RUN_REASON_MAX + 1, line, strlen(line));
	return clean;
}

/* Returns the hold's cookie, or 0: the command then runs without a hold. */
static uint32_t run_hold(struct client *client, const char *reason)
{
	_cleanup_free_ char *here = path_current_folder();
	_cleanup_free_ char *folder = NULL;
	json_t *values = NULL;
	uint32_t cookie = 0;
	const char *why;

	if (path_argument_read(".", here, &folder, &why) < 0) {
		error_print("folder: .: %s", why);
		return 0;
	}
	if (call_daemon(client,
		    &(struct client_method){.member = "Hold",
			    .texts = {folder, reason},
			    .has_options = true,
			    .options = {{.key = "build", .type = 'b', .number = 1}},
			    .option_count = 1},
		    &values) == EXIT_CODE_DONE) {
		cookie = (uint32_t)json_integer_value(json_array_get(values, 0));
	}
	json_decref(values);
	return cookie;
}

static void run_release(struct client *client, uint32_t cookie, const char *reason, int status,
	const struct output_tail *tail)
{
	_cleanup_free_ char *said = output_tail_text(tail);
	_cleanup_free_ char *what = status > CHILD_SIGNALLED
		? mem_printf("%s: ended by signal %d", reason, status - CHILD_SIGNALLED)
		: mem_printf("%s: exit status %d", reason, status);
	json_t *values = NULL;

	call_daemon(client,
		status == 0 ? &(struct client_method){.member = "Release", .cookie = &cookie}
			    : &(struct client_method){.member = "ReleaseFailed",
				      .cookie = &cookie,
				      .texts = {what},
				      .has_options = true,
				      .options = {{.key = "said", .type = 's', .text = said}},
				      .option_count = 1},
		&values);
	json_decref(values);
}

static enum exit_code run_run(const struct verb *verb, const struct arguments *args)
{
	_cleanup_(client_freep) struct client *client = call_connect();
	_cleanup_free_ char *reason = run_reason(args);
	uint32_t cookie = client ? run_hold(client, reason) : 0;
	struct output_tail tail = {.length = 0};
	int status = child_run(args->names, &tail);

	if (status < 0) {
		error_print("run: %s: %s", args->names[0], strerror(-status));
		status = CHILD_NOT_EXECUTABLE;
	}
	if (cookie) {
		run_release(client, cookie, reason, status, &tail);
	}
	return (enum exit_code)status;
}

const struct verb verb_run = {
	.name = "run",
	.synopsis = "[--] COMMAND [ARGUMENT]...",
	.summary = "run a build, and reload once when it has succeeded",
	.description =
		"Runs COMMAND, for example a build. Saves in the project of the current folder are "
		"held while it runs, and reload the tabs once when it succeeds. If it fails, "
		"nothing reloads: the icon of the project's tabs shows the failure, and the popup "
		"and `savecast log` show the last lines of its standard error. If files that the "
		"build writes should count as saved, name them in `savecast.output` in the project's "
		"`.savecast`.\n"
		"\n"
		"Standard streams and signals pass through. The exit code is the command's: 128 "
		"and "
		"the signal's number if a signal ended it, 127 if it was not found. The command "
		"also runs if the daemon cannot be reached; a line on standard error says so.\n",
	.examples = "savecast run -- npm run build",
	.options = "+",
	.takes = VERB_TAKES_COMMAND,
	.names_min = 1,
	.names_max = NAMES_NO_LIMIT,
	.run = run_run,
};
