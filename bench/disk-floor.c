/* SPDX-License-Identifier: MIT */
/*
 * The shortest time in which a program can notice a write and report it: one process that watches a
 * folder with inotify, reads the file that was written, and sends a message over TCP: the frame that
 * savecastd would send, so that the client has the same work.
 *
 *     bench-disk-floor FOLDER PORT
 *
 * Reports FOLDER/index.html; Vim also closes a backup of it. Serves one client at a time, on 127.0.0.1; ends when its standard input is closed.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILE_NAME "index.html"

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int listen_on(const char *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0) {
		fail(port);
	}
	return fd;
}

/* Reads the file: otherwise no program could know that a byte changed. */
static void read_file(int folder, const char *name)
{
	char bytes[32 * 1024];
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, bytes, sizeof bytes) < 0) {
			perror(name);
		}
		close(fd);
	}
}

/* A text frame of the WebSocket protocol. */
#define TEXT                                                                                       \
	"{\"type\":\"reload\",\"event\":100,\"tabs\":[0],\"changes\":[{\"path\":\"index.html\","             \
	"\"kind\":\"page\"}],\"subject\":\"index.html\"}"
static const char frame[] = "\x81" "\x6f" TEXT;
_Static_assert(sizeof TEXT - 1 == 0x6f, "the length of the frame");

/* Whether the file is among the events that were read. */
static bool was_written(const char *bytes, ssize_t length)
{
	for (ssize_t at = 0; at < length;) {
		const struct inotify_event *event = (const void *)(bytes + at);

		if (event->len && strcmp(event->name, FILE_NAME) == 0) {
			return true;
		}
		at += (ssize_t)(sizeof *event + event->len);
	}
	return false;
}

int main(int argc, char **argv)
{
	alignas(struct inotify_event) char bytes[4096];
	int inotify = inotify_init1(IN_CLOEXEC), one = 1, listener, folder, client;

	if (argc != 3) {
		fputs("usage: bench-disk-floor FOLDER PORT\n", stderr);
		return 2;
	}
	if (inotify < 0 || inotify_add_watch(inotify, argv[1], IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
		fail(argv[1]);
	}
	folder = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	listener = listen_on(argv[2]);
	client = accept(listener, NULL, NULL);
	if (client < 0) {
		fail("accept");
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	for (;;) {
		struct pollfd fds[] = {{.fd = inotify, .events = POLLIN}, {.fd = STDIN_FILENO}};
		ssize_t n;

		if (poll(fds, 2, -1) < 0 || fds[1].revents) {
			return 0;
		}
		n = read(inotify, bytes, sizeof bytes);
		if (was_written(bytes, n)) {
			read_file(folder, FILE_NAME);
			if (write(client, frame, sizeof frame - 1) != sizeof frame - 1) {
				return 0;
			}
		}
	}
}
