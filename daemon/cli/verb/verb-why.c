/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "cli/call/call.h"
#include "cli/print/log-print.h"
#include "cli/print/why-print.h"
#include "cli/verb/arguments.h"
#include "cli/verb/name.h"

/* "scheme://...", but file:, which is a name. */
static bool is_url(const char *given)
{
	size_t scheme = strspn(given, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-.");

	return scheme && strncmp(given + scheme, "://", 3) == 0 &&
		strncasecmp(given, "file:", 5) != 0;
}

static enum exit_code why_run(const struct verb *verb, const struct arguments *args)
{
	_cleanup_(client_freep) struct client *client = NULL;
	_cleanup_free_ char *here = name_current_folder();
	_cleanup_free_ char *what = NULL;
	json_t *values = NULL;
	const char *why;
	enum exit_code code;

	if (!args->name_count) {
		return log_print_last(1, args->json);
	}
	if (is_url(args->names[0])) {
		what = mem_strdup(args->names[0]);
	} else if (name_read(args->names[0], here, &what, &why) < 0) {
		return arguments_wrong(verb, "file: %s: %s", args->names[0], why);
	}
	client = call_connect();
	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	code = call_daemon(client,
		&(struct client_method){.member = "Explain", .texts = {what}, .has_options = true},
		&values);
	if (code == EXIT_CODE_DONE && args->json) {
		call_print_json(json_incref(json_array_get(values, 0)));
	} else if (code == EXIT_CODE_DONE) {
		why_print(json_array_get(values, 0));
	}
	json_decref(values);
	return code;
}

const struct verb verb_why = {
	.name = "why",
	.synopsis = "[--json] [FILE|URL]",
	.summary = "explain what a save of a file would do, or what a URL shows",
	.description =
		"Explains, with nothing done: which project FILE belongs to and by which rule,\n"
		"whether a save of it would be ignored and why, what it would do to which tabs,\n"
		"and what became of its last save. Of URL: which project a tab with it shows and\n"
		"how that is known, or why not. Without a name: what became of the last save of\n"
		"all.\n"
		"\n"
		"With --json one object: \"kind\" (\"file\" or \"url\"), \"file\" or \"url\",\n"
		"\"projects\" (each \"object\", \"root\", \"known-by\", \"rule\", \"ignored\",\n"
		"\"action\", \"action-rule\", \"tabs\" as in 'savecast status --json', \"effect\"),\n"
		"\"reason\" (why there is no project) and \"last-event\" (as in 'savecast log\n"
		"--json'). Expect more keys; the texts of \"rule\", \"ignored\", \"reason\" and\n"
		"\"effect\" may change. Without a name, the event.\n",
	.options = "j",
	.names_max = 1,
	.run = why_run,
};
