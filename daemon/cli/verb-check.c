/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/arguments.h"
#include "cli/call.h"
#include "cli/error.h"
#include "cli/path-argument.h"
#include "cli/text.h"
#include "util/mem.h"

/* Reports the file, in case nothing else has: reporting a save twice changes nothing. */
static enum exit_code check_save(struct client *client, char *file)
{
	json_t *values = NULL;
	enum exit_code code = call_daemon(client,
		&(struct client_method){
			.member = "Saved", .names = &file, .name_count = 1, .has_options = true},
		&values);

	json_decref(values);
	return code;
}

static enum exit_code check_call(
	struct client *client, const char *what, bool wait, json_t **values)
{
	return call_daemon(client,
		&(struct client_method){.member = "Check",
			.texts = {what},
			.has_options = true,
			.options = {{"wait", 'b', wait}},
			.option_count = 1},
		values);
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* Whether all pages are known to be without a problem. */
static bool check_is_clean(const json_t *result)
{
	return json_is_true(json_object_get(result, "settled")) && number_of(result, "tabs") &&
		!number_of(result, "unknown") &&
		!json_array_size(json_object_get(result, "problems"));
}

static void check_print_problem(const json_t *problem, FILE *to)
{
	const char *place = *text_of(problem, "file") ? text_of(problem, "file")
		: *text_of(problem, "url")                ? text_of(problem, "url")
							  : text_of(problem, "page");
	_cleanup_free_ char *file = text_safe(place);
	_cleanup_free_ char *message = text_safe(text_of(problem, "message"));

	if (number_of(problem, "line")) {
		fprintf(to, "%s:%" JSON_INTEGER_FORMAT ":%" JSON_INTEGER_FORMAT ": %s\n", file,
			number_of(problem, "line"), number_of(problem, "column"), message);
	} else {
		fprintf(to, "%s: %s\n", file, message);
	}
}

/*
 * Prints one problem per line: "FILE:LINE:COLUMN: message", as far as the place is known. Then,
 * if problems may be missing, why. Text that comes from a page is escaped.
 */
static void check_print(const json_t *result, FILE *to)
{
	_cleanup_free_ char *root = text_safe(text_of(result, "root"));
	json_int_t unknown = number_of(result, "unknown");
	const json_t *problem;
	size_t i;

	json_array_foreach (json_object_get(result, "problems"), i, problem) {
		check_print_problem(problem, to);
	}
	if (!number_of(result, "tabs")) {
		fprintf(to, "%s: no tab of this project is switched on: nothing is known\n", root);
	} else if (unknown) {
		_cleanup_free_ char *tabs = text_count((uint64_t)unknown, "tab");

		fprintf(to,
			"%s: nothing is known of %s: give the extension permission for the site, "
			"in its popup\n",
			root, tabs);
	}
	if (!json_is_true(json_object_get(result, "settled"))) {
		fprintf(to, "%s: the tabs have not settled: see savecast log\n", root);
	}
}

static enum exit_code check_run(const struct verb *verb, const struct arguments *args)
{
	_cleanup_(client_freep) struct client *client = NULL;
	_cleanup_free_ char *here = path_current_folder();
	_cleanup_free_ char *what = NULL;
	_cleanup_free_ char *page = args->name_count ? path_argument_guess_url(args->names[0]) : NULL;
	json_t *values = NULL, *result;
	enum exit_code code = EXIT_CODE_DONE;
	bool is_url = args->name_count && path_argument_is_url(args->names[0]);
	const char *why;

	if (page) {
		return arguments_wrong(verb, "%s: there is no such file; did you mean %s ?",
			args->names[0], page);
	}
	if (is_url) {
		what = mem_strdup(args->names[0]);
	} else if (path_argument_read(args->name_count ? args->names[0] : ".", here, &what, &why) <
		0) {
		return arguments_wrong(
			verb, "file: %s: %s", args->name_count ? args->names[0] : ".", why);
	}
	client = call_connect();
	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	if (args->wait && args->name_count && !is_url) {
		code = check_save(client, what);
	}
	if (code == EXIT_CODE_DONE) {
		code = check_call(client, what, args->wait, &values);
	}
	if (code == EXIT_CODE_DONE) {
		result = json_array_get(values, 0);
		code = check_is_clean(result) ? EXIT_CODE_DONE : EXIT_CODE_REFUSED;
		if (args->json) {
			call_print_json(json_incref(result));
		} else {
			check_print(result, stdout);
		}
	}
	json_decref(values);
	return code;
}

const struct verb verb_check = {
	.name = "check",
	.synopsis = "[--wait] [--json] [FILE|URL]",
	.summary = "say what is wrong in the pages of a project",
	.description =
		"Prints what went wrong in the pages that show the project of FILE (by default the "
		"current folder) or URL: uncaught errors, requests that failed, an error page in "
		"place of the page. If the pages loaded without a problem, it prints nothing and "
		"the exit code is 0. It is 1 if there are problems, or if savecast cannot know: no "
		"tab of the project is switched on, the extension has no permission for the site, "
		"or the tabs have not settled (some still reload or wait).\n"
		"\n"
		"With `--wait` it first reports FILE as saved, as `savecast save` does, and waits "
		"until the tabs have settled, for at most 10 seconds.\n"
		"\n"
		"Each line is `FILE:LINE:COLUMN: message`, which editors understand. With `--json` "
		"prints one object: `root`, `settled`, `tabs`, `unknown` (tabs of which nothing is "
		"known) and `problems` (each `browser`, `tab`, `page`, `event`, `kind`, `message`, "
		"`file`, `url`, `line`, `column`, `stack`). Later versions may add keys.\n",
	.examples = "savecast check\nsavecast check --wait style.css",
	.options = "wj",
	.takes = VERB_TAKES_FILE_OR_URL,
	.names_max = 1,
	.run = check_run,
};
