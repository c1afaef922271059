/* SPDX-License-Identifier: MIT */
#include "cli/call.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/error.h"
#include "cli/event-text.h"
#include "util/pathname.h"
#include "cli/path-argument.h"

enum exit_code call_exit_code(enum call_result result)
{
	switch (result) {
	case CALL_DONE:
		return EXIT_CODE_DONE;
	case CALL_REFUSED:
		return EXIT_CODE_REFUSED;
	case CALL_UNREACHABLE:
		break;
	}
	return EXIT_CODE_UNREACHABLE;
}

struct client *call_connect(void)
{
	_cleanup_free_ char *why = NULL;
	struct client *client = client_new(NULL, NULL, &why);

	if (!client) {
		error_print("%s", why);
	}
	return client;
}

enum exit_code call_daemon(
	struct client *client, const struct client_method *method, json_t **values)
{
	_cleanup_free_ char *why = NULL;
	enum call_result result = client_call(client, method, values, &why);

	if (result != CALL_DONE) {
		error_print("%s", why);
	}
	return call_exit_code(result);
}

enum exit_code call_events(struct client *client, unsigned count, json_t *events)
{
	uint64_t after = 0;
	size_t had;

	do {
		json_t *values = NULL;
		enum exit_code code = call_daemon(client,
			&(struct client_method){.member = "ListEvents",
				.has_options = true,
				.options = {{"after", 't', after}, {"limit", 'u', count}},
				.option_count = 2},
			&values);

		if (code != EXIT_CODE_DONE) {
			return code;
		}
		had = json_array_size(events);
		json_array_extend(events, json_array_get(values, 0));
		json_decref(values);
		after = event_serial(json_array_get(events, json_array_size(events) - 1));
	} while (json_array_size(events) > had && json_array_size(events) < count);
	return EXIT_CODE_DONE;
}

/* The folder as the D-Bus API writes it, or NULL if this printed what is wrong. */
static char *read_folder(
	const struct verb *verb, const struct folder_call *call, const struct arguments *args)
{
	_cleanup_free_ char *here = path_current_folder();
	_cleanup_free_ char *folder = NULL;
	_cleanup_free_ char *bytes = NULL;
	const char *given = args->name_count ? args->names[0] : ".";
	_cleanup_free_ char *page = path_argument_guess_url(given);
	const char *why;

	if (page || path_argument_is_url(given)) {
		path_argument_wrong(verb, "folder", given, page ? "there is no such folder; to name a page, name its project's folder"
			     : "is a URL; name the project's folder");
		return NULL;
	}
	if (path_argument_read(given, here, &folder, &why) < 0 ||
		pathname_from_text(folder, &bytes, &why) < 0) {
		path_argument_wrong(verb, "folder", given, why);
		return NULL;
	}
	if (call->must_exist && access(bytes, F_OK) < 0) {
		path_argument_wrong(verb, "folder", given, strerror(errno));
		return NULL;
	}
	return mem_steal(folder);
}

enum exit_code call_with_folder(const struct verb *verb, const struct folder_call *call,
	const struct arguments *args, json_t **first)
{
	_cleanup_(client_freep) struct client *client = NULL;
	_cleanup_free_ char *folder = read_folder(verb, call, args);
	json_t *values = NULL;
	enum exit_code code;

	if (!folder) {
		return EXIT_CODE_USAGE;
	}
	client = call_connect();
	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	code = call_daemon(client,
		&(struct client_method){.member = call->member,
			.texts = {folder},
			.has_options = call->has_options,
			.options = {call->option},
			.option_count = call->option.key ? 1 : 0},
		&values);
	if (code == EXIT_CODE_DONE && call->key && args->json) {
		call_print_json(json_pack("{s:O*}", call->key, json_array_get(values, 0)));
	}
	if (code == EXIT_CODE_DONE && first) {
		*first = json_incref(json_array_get(values, 0));
	}
	json_decref(values);
	return code;
}

void call_print_json(json_t *value)
{
	/* Escaped to ASCII, no string can control the terminal on which this may be printed. */
	json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(value);
}
