/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "util/utf8.h"
#include "cli/call/call.h"
#include "cli/print/complain.h"
#include "cli/run/child.h"
#include "cli/verb/arguments.h"
#include "cli/verb/name.h"

enum { RUN_REASON_MAX = 160 };

/* The command in one line, cut to what a story needs. */
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

/* Returns the hold's cookie, or 0: then the command runs all the same. */
static uint32_t run_hold(struct client *client, const char *reason)
{
	_cleanup_free_ char *here = name_current_folder();
	_cleanup_free_ char *folder = NULL;
	json_t *values = NULL;
	uint32_t cookie = 0;
	const char *why;

	if (name_read(".", here, &folder, &why) < 0) {
		complain("folder: .: %s", why);
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
	const struct ending *ending)
{
	_cleanup_free_ char *said = ending_text(ending);
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
	struct ending ending = {.length = 0};
	int status = child_run(args->names, &ending);

	if (status < 0) {
		complain("run: %s: %s", args->names[0], strerror(-status));
		status = CHILD_NOT_EXECUTABLE;
	}
	if (cookie) {
		run_release(client, cookie, reason, status, &ending);
	}
	return (enum exit_code)status;
}

const struct verb verb_run = {
	.name = "run",
	.synopsis = "[--] COMMAND [ARGUMENT]...",
	.summary = "run a build, and reload once when it has ended",
	.description =
		"Runs COMMAND. What the daemon hears of the project of the current folder\n"
		"meanwhile is kept, and leaves as one reload when the command ends well. If it\n"
		"fails, nothing reloads: the badge of the project's tabs turns, and their popup\n"
		"and 'savecast log' show the last lines of its standard error. The files that a "
		"build writes are heard of where `output` in the\n"
		"project's .savecast names them.\n"
		"\n"
		"Standard streams and signals pass through. The exit status is the command's\n"
		"(128 and the signal's number if a signal ended it, 127 if it is not found). It\n"
		"runs also if the daemon cannot be reached; a line on standard error says so.\n",
	.options = "+",
	.names_min = 1,
	.names_max = 1 << 30,
	.run = run_run,
};
