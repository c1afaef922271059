/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "util/mem.h"
#include "cli/arguments.h"
#include "cli/error.h"
#include "cli/forward-config.h"
#include "cli/forward.h"

/* Runs the command in the settings, since the command line has none. */
static enum exit_code forward_configured(
	const struct verb *verb, const struct arguments *args, const char *name)
{
	struct forward_config config;
	_cleanup_free_ char *why = NULL;
	enum exit_code code;

	if (forward_config_read(&config, name, &why) < 0) {
		error_print("%s", why);
		code = EXIT_CODE_USAGE;
	} else if (!config.command) {
		code = arguments_wrong(verb,
			"forward: %s: needs a command: behind --, or as forward.%s.command in "
			"~/.config/savecast/config",
			name, name);
	} else {
		static char shell[] = "/bin/sh", option[] = "-c";
		uint16_t port = args->port ? args->port : config.port;

		code = forward_run(&(struct forward_options){
			.name = name,
			.port = port ? port : FORWARD_PORT,
			.command = (char *[]){shell, option, config.command, NULL},
			.json = args->json,
		});
	}
	forward_config_clear(&config);
	return code;
}

static enum exit_code forward_verb(const struct verb *verb, const struct arguments *args)
{
	const char *name = args->names[0];
	/* getopt leaves a "--" that comes after the first name. */
	int command = args->name_count > 1 && strcmp(args->names[1], "--") == 0 ? 2 : 1;

	if (!forward_name_is_valid(name)) {
		return arguments_wrong(verb,
			"forward: %s: must be at most %d letters, digits, \".\", \"_\" and \"-\", and "
			"not begin with \"-\"",
			name, FORWARD_NAME_MAX);
	}
	if (args->name_count <= command) {
		return forward_configured(verb, args, name);
	}
	return forward_run(&(struct forward_options){
		.name = name,
		.port = args->port ? args->port : FORWARD_PORT,
		.command = args->names + command,
		.json = args->json,
	});
}

const struct verb verb_forward = {
	.name = "forward",
	.synopsis = "[--port=PORT] [--json] NAME [-- COMMAND [ARGUMENT]...]",
	.summary = "connect the browser here to a daemon elsewhere",
	.description =
		"Listens on 127.0.0.1 and [::1], on port 7284 or the one that `--port` names, and "
		"runs COMMAND once for each connection. COMMAND must start `savecast stdio` where "
		"the code is: over ssh, or in a container. Add the port and a name to the daemons "
		"in the extension's settings. Only this user's processes can connect.\n"
		"\n"
		"NAME is for display. Without COMMAND, the section with this name in "
		"`~/.config/savecast/config` has the command, which `/bin/sh` runs, and may have "
		"the port:\n"
		"\n"
		"    [forward \"devbox\"]\n"
		"        command = ssh devbox savecast stdio\n"
		"        port = 7284\n"
		"\n"
		"`systemctl --user enable --now savecast-forward@devbox` runs this in the "
		"background, now and at each login.\n"
		"\n"
		"Prints one line each time the state changes: `listening`, `connected`, `lost` "
		"(the command failed while it was in use) or `failed` (it ended before it "
		"answered), with the last line of the command's standard error. After a failure, "
		"connections are refused for 1 second, then for 2, 4 and so on, up to 30 seconds. "
		"Runs until Ctrl-C, or until its terminal closes.\n"
		"\n"
		"With `--json` each line is an object with `name`, `state`, `port` and, for `lost` "
		"and `failed`, `reason`.\n",
	.examples = "savecast forward devbox -- ssh devbox savecast stdio\n"
		    "savecast forward --port=7285 web -- docker exec -i web savecast stdio",
	.options = "+Pj",
	.takes = VERB_TAKES_NAME_AND_COMMAND,
	.names_min = 1,
	.names_max = NAMES_NO_LIMIT,
	.run = forward_verb,
};
