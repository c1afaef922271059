/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/call.h"
#include "cli/error.h"
#include "cli/private-daemon.h"
#include "cli/relay.h"
#include "cli/verb.h"
#include "dbus/names.h"
#include "util/clock.h"
#include "util/mem.h"

/*
 * `savecast stdio`: the far end of `savecast forward`. Passes bytes between standard
 * input and output and a connection to the daemon's WebSocket port, until either
 * side ends.
 */

enum { STDIO_TRIES = 50, STDIO_TRY_USEC = 100000 };

/* How long the daemon has to close the connection after standard input has ended. */
#define STDIO_END_USEC (5 * CLOCK_USEC_PER_SEC)

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

/* The connection, or a negative errno. */
static int stdio_connect(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1, r;

	if (fd < 0) {
		return -errno;
	}
	/* On loopback, connect() succeeds or fails immediately. */
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Returns whether to go on. */
static bool stdio_turn(struct relay *in, struct relay *out, uint64_t *end_usec)
{
	uint64_t now = clock_now_usec();
	struct pollfd fds[4];
	int timeout = -1;

	relay_poll(in, fds);
	relay_poll(out, fds + 2);
	if (*end_usec != CLOCK_NEVER) {
		if (now >= *end_usec) {
			return false;
		}
		timeout = (int)((*end_usec - now) / CLOCK_USEC_PER_MSEC + 1);
	}
	if (poll(fds, COUNT_OF(fds), timeout) < 0) {
		return errno == EINTR;
	}
	relay_serve(in, fds);
	if (in->state == RELAY_ENDED && *end_usec == CLOCK_NEVER) {
		shutdown(in->to, SHUT_WR);
		*end_usec = now + STDIO_END_USEC;
	}
	return relay_serve(out, fds + 2) == RELAY_OPEN &&
		(in->state == RELAY_OPEN || in->state == RELAY_ENDED);
}

/* Connects to this loopback port and passes bytes. Prints an error if it cannot connect. */
static enum exit_code stdio_run(uint16_t port)
{
	static struct relay in, out;
	uint64_t end_usec = CLOCK_NEVER;
	int fd = stdio_connect(port);

	if (fd < 0) {
		error_print("stdio: 127.0.0.1:%u: %s: the daemon says that it listens there", port,
			strerror(-fd));
		return EXIT_CODE_UNREACHABLE;
	}
	signal(SIGPIPE, SIG_IGN);
	/*
	 * O_NONBLOCK affects all processes that share a descriptor: here none do, since the
	 * command that runs this has created both for it.
	 */
	fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
	fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
	relay_init(&in, STDIN_FILENO, fd);
	relay_init(&out, fd, STDOUT_FILENO);
	while (stdio_turn(&in, &out, &end_usec)) {
	}
	close(fd);
	return EXIT_CODE_DONE;
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
	.summary = "connect `savecast forward` to the daemon here",
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
