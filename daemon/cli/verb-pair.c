/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/arguments.h"
#include "cli/call.h"
#include "cli/event-text.h"
#include "cli/text.h"
#include "dbus/names.h"

static enum exit_code read_extensions(struct client *client, json_t **extensions)
{
	static const struct client_method method = {.interface = "org.freedesktop.DBus.Properties",
		.member = "Get",
		.texts = {DAEMON_NAME, "Extensions"}};
	json_t *values = NULL;
	enum exit_code code = call_daemon(client, &method, &values);

	*extensions = json_incref(json_array_get(values, 0));
	json_decref(values);
	return code;
}

static void print_extensions(const json_t *extensions)
{
	const json_t *extension;
	size_t i;

	if (!json_array_size(extensions)) {
		puts("only savecast's own extension for Chromium is known, and no other waits");
	}
	json_array_foreach (extensions, i, extension) {
		_cleanup_free_ char *browser = text_safe(text_of(extension, "browser"));

		printf("%-9s  %-7s  %s  %s\n", text_of(extension, "code"),
			text_of(extension, "state"), browser, text_of(extension, "origin"));
	}
}

static enum exit_code pair_one(
	struct client *client, const char *code, bool revoke, json_t **origin)
{
	json_t *values = NULL;
	enum exit_code result = call_daemon(client,
		&(struct client_method){.member = "Pair",
			.texts = {code},
			.has_options = true,
			.options = {{.key = "revoke", .type = 'b', .number = revoke}},
			.option_count = 1},
		&values);

	*origin = json_incref(json_array_get(values, 0));
	json_decref(values);
	return result;
}

static enum exit_code pair_run(const struct verb *verb, const struct arguments *args)
{
	_cleanup_(client_freep) struct client *client = NULL;
	json_t *answer = NULL;
	enum exit_code code;

	if (args->revoke && !args->name_count) {
		return arguments_wrong(verb, "--revoke: which extension? name its code");
	}
	client = call_connect();
	if (!client) {
		return EXIT_CODE_UNREACHABLE;
	}
	code = args->name_count ? pair_one(client, args->names[0], args->revoke, &answer)
				: read_extensions(client, &answer);
	if (code == EXIT_CODE_DONE && args->json) {
		call_print_json(json_pack(
			"{s:O}", args->name_count ? "origin" : "extensions", answer));
	} else if (code == EXIT_CODE_DONE && args->name_count) {
		printf("%s: %s\n", json_string_value(answer),
			args->revoke ? "is forgotten" : "may connect from now on");
	} else if (code == EXIT_CODE_DONE) {
		print_extensions(answer);
	}
	json_decref(answer);
	return code;
}

const struct verb verb_pair = {
	.name = "pair",
	.synopsis = "[--json]\n[--revoke] [--json] CODE",
	.summary = "accept a browser extension that savecastd does not know",
	.description =
		"savecastd answers only browser extensions that it knows. savecast's own for Chromium "
		"has the same id everywhere and is always known. In Firefox, an extension has a "
		"random id in each profile, so savecastd remembers the first one that connects. "
		"Any other, such as that of a second Firefox profile, waits until you confirm it: "
		"the popup of the extension shows this command with its CODE. No other extension "
		"can show that code as its own.\n"
		"\n"
		"Without CODE, lists the extensions that are known and those that wait. With "
		"`--revoke`, forgets the extension and closes its connections.\n"
		"\n"
		"With `--json` prints `{\"extensions\":[...]}`, each with `code`, `state`, `origin` "
		"and `browser`, or `{\"origin\":\"...\"}`.\n",
	.examples = "savecast pair",
	.options = "rj",
	.takes = VERB_TAKES_NOTHING,
	.names_max = 1,
	.run = pair_run,
};
