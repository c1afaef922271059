/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "cli/call.h"
#include "cli/error.h"
#include "cli/private-daemon.h"
#include "cli/stdio.h"
#include "dbus/names.h"

enum { STDIO_TRIES = 50, STDIO_TRY_USEC = 100000 };

/*
 * Connects to the daemon on the session bus; if there is no session bus, to one with a bus of
 * its own.
 */
static struct client *stdio_client(void)
{
	_cleanup_free_ char *none = NULL, *why = NULL;
	struct client *client = client_new(NULL, NULL, &none);

	/* A daemon that another program has just started may not listen yet. */
	for (int i = 0; !client && i < STDIO_TRIES; i++) {
		free(mem_steal(why));
		if (!private_daemon_start(&why)) {
			break;
		}
		client = client_new(NULL, NULL, &why);
		if (!client) {
			usleep(STDIO_TRY_USEC);
		}
	}
	if (!client) {
		error_print("%s", none);
		error_print("stdio: %s", why ? why : "no daemon");
	}
	return client;
}

/*
 * The port on which the daemon listens for browsers; starts it if the bus can. After an error,
 * prints it and returns 0.
 */
static uint16_t stdio_port(enum exit_code *code)
{
	_cleanup_(client_freep) struct client *client = stdio_client();
	json_t *values = NULL;
	const json_t *all;
	json_int_t port;

	*code = EXIT_CODE_UNREACHABLE;
	if (!client) {
		return 0;
	}
	*code = call_daemon(client,
		&(struct client_method){.interface = "org.freedesktop.DBus.Properties",
			.member = "GetAll",
			.texts = {DAEMON_NAME}},
		&values);
	if (*code != EXIT_CODE_DONE) {
		return 0;
	}
	all = json_array_get(values, 0);
	port = json_integer_value(json_object_get(all, "Port"));
	if (port < 1 || port > UINT16_MAX) {
		const char *why = json_string_value(json_object_get(all, "PortError"));

		error_print("stdio: daemon: does not listen: %s", why && *why ? why : "no port");
		*code = EXIT_CODE_UNREACHABLE;
		port = 0;
	}
	json_decref(values);
	return (uint16_t)port;
}

static enum exit_code stdio_verb(const struct verb *verb, const struct arguments *args)
{
	enum exit_code code;
	uint16_t port;

	if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO)) {
		error_print("stdio: standard input and output: are a terminal: 'savecast forward NAME "
			 "-- ssh HOST savecast stdio' runs this for you");
		return EXIT_CODE_USAGE;
	}
	port = stdio_port(&code);
	return port ? stdio_run(port) : code;
}

const struct verb verb_stdio = {
	.name = "stdio",
	.synopsis = "",
	.summary = "be the other end of `savecast forward`",
	.description =
		"Passes bytes between standard input and output and the WebSocket port of the "
		"daemon on the machine, or in the container, where this command runs. Starts the "
		"daemon if it does not run; if there is no session bus, with a bus of its own (see "
		"`savecastd --private-bus`). `savecast forward` runs this, over ssh or in a "
		"container. It ends when either side closes the connection.\n",
	.options = "",
	.takes = VERB_TAKES_NOTHING,
	.run = stdio_verb,
};
