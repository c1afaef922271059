/* SPDX-License-Identifier: MIT */
#include "cli/stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/mem.h"
#include "cli/error.h"
#include "cli/relay.h"

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

enum exit_code stdio_run(uint16_t port)
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
