/* SPDX-License-Identifier: MIT */
/*
 * The stopwatch: the time from a Saved call to the frame at a WebSocket client.
 *
 *     bench-probe ROUNDS GAP-MSEC BUS-NAME,PORT,FILE[,URL]...
 *
 * Each target is a service on the session bus and a WebSocket on 127.0.0.1. With a
 * URL the probe acts as a browser of savecast: it says hello and watches a tab there.
 * In each round, for each target: FILE gets new bytes, the call is sent, and the
 * clock runs until the frame has been read. Then the reply is read,
 * and GAP-MSEC pass. Prints a line "TARGET NANOSECONDS" for each; TARGET
 * counts from 0. The time never includes a blocking call of libdbus.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <dbus/dbus.h>

enum { TARGETS_MAX = 8, PATIENCE_MSEC = 10000 };

struct target {
	char *name;
	char *file;
	char *url; /* NULL: the service does not use savecast.v1 */
	int socket;
};

static _Noreturn void fail(const char *what, const char *which)
{
	fprintf(stderr, "bench-probe: %s: %s\n", which, what);
	exit(1);
}

static int64_t now_nsec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Waits until bytes can be read, and reads them all, as a string. */
static size_t receive(const struct target *target, char *text, size_t size)
{
	struct pollfd wait = {.fd = target->socket, .events = POLLIN};
	ssize_t n;

	if (poll(&wait, 1, PATIENCE_MSEC) <= 0) {
		fail("no answer on the WebSocket", target->name);
	}
	n = recv(target->socket, text, size - 1, 0);
	if (n <= 0) {
		fail("the WebSocket was closed", target->name);
	}
	text[n] = '\0';
	return (size_t)n;
}

static void receive_until(const struct target *target, const char *wanted)
{
	char text[8192];
	size_t length = 0;

	while (length < sizeof text - 1) {
		length += receive(target, text + length, sizeof text - length);
		if (memmem(text, length, wanted, strlen(wanted))) {
			return;
		}
	}
	fail("did not send the expected message", target->name);
}

/* A text frame; the mask is zero, which does not change the text. */
static void tell(const struct target *target, const char *text)
{
	unsigned char frame[1024] = {0x81};
	size_t length = strlen(text), head = length < 126 ? 2 : 4;

	frame[1] = (unsigned char)(0x80 | (length < 126 ? length : 126));
	if (length >= 126) {
		frame[2] = (unsigned char)(length >> 8);
		frame[3] = (unsigned char)length;
	}
	if (head + 4 + length > sizeof frame) {
		fail("the message is too long", target->name);
	}
	memcpy(frame + head + 4, text, length);
	if (send(target->socket, frame, head + 4 + length, 0) < 0) {
		fail(strerror(errno), target->name);
	}
}

static void greet(const struct target *target)
{
	char text[512];

	tell(target,
		"{\"type\":\"hello\",\"browser\":\"Probe\",\"extension\":\"0\","
		"\"profile\":\"bench-probe\"}");
	snprintf(text, sizeof text, "{\"type\":\"watch\",\"tab\":1,\"url\":\"%s\"}", target->url);
	tell(target, text);
	receive_until(target, "\"live\"");
}

static void target_connect(struct target *target, unsigned short port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char request[512];
	int on = 1;

	target->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(target->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (connect(target->socket, (struct sockaddr *)&address, sizeof address) < 0) {
		fail(strerror(errno), target->name);
	}
	snprintf(request, sizeof request,
		"GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nOrigin: chrome-extension://hkniokloboicegjlaajjjkbfncgoeifp\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Protocol: savecast.v1\r\n\r\n",
		port);
	if (send(target->socket, request, strlen(request), 0) < 0) {
		fail(strerror(errno), target->name);
	}
	receive_until(target, "\r\n\r\n");
	if (target->url) {
		greet(target);
	}
}

static struct target target_open(char *text)
{
	struct target target = {.name = strsep(&text, ",")};
	char *port = strsep(&text, ",");

	target.file = strsep(&text, ",");
	target.url = strsep(&text, ",");
	if (!target.file) {
		fail("a target must be BUS-NAME,PORT,FILE[,URL]", target.name);
	}
	target_connect(&target, (unsigned short)atoi(port));
	return target;
}

/* Messages that have come since the last turn, such as savecast's keep-alive. */
static void drain(const struct target *target)
{
	char text[8192];

	while (recv(target->socket, text, sizeof text, MSG_DONTWAIT) > 0) {
	}
}

static void change(const struct target *target, unsigned round)
{
	int fd = open(target->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || dprintf(fd, "<h1>round %u of %d</h1>\n", round, (int)getpid()) < 0) {
		fail(strerror(errno), target->file);
	}
	close(fd);
}

static DBusMessage *saved(const struct target *target)
{
	DBusMessage *call = dbus_message_new_method_call(
		target->name, "/io/github/savecast/Daemon1", "io.github.savecast.Daemon1", "Saved");
	DBusMessageIter arguments, part;

	dbus_message_iter_init_append(call, &arguments);
	dbus_message_iter_open_container(&arguments, DBUS_TYPE_ARRAY, "s", &part);
	dbus_message_iter_append_basic(&part, DBUS_TYPE_STRING, &target->file);
	dbus_message_iter_close_container(&arguments, &part);
	dbus_message_iter_open_container(&arguments, DBUS_TYPE_ARRAY, "{sv}", &part);
	dbus_message_iter_close_container(&arguments, &part);
	return call;
}

static void take_answer(DBusConnection *bus, const struct target *target, dbus_uint32_t serial)
{
	for (;;) {
		DBusMessage *message = dbus_connection_pop_message(bus);
		bool answer;

		if (!message) {
			if (!dbus_connection_read_write(bus, PATIENCE_MSEC)) {
				fail("the bus is gone", target->name);
			}
			continue;
		}
		answer = dbus_message_get_reply_serial(message) == serial;
		if (answer && dbus_message_get_type(message) == DBUS_MESSAGE_TYPE_ERROR) {
			fail(dbus_message_get_error_name(message), target->name);
		}
		dbus_message_unref(message);
		if (answer) {
			return;
		}
	}
}

static int64_t measure(DBusConnection *bus, const struct target *target, unsigned round)
{
	DBusMessage *call = saved(target);
	dbus_uint32_t serial;
	char text[8192];
	int64_t begun, taken;

	change(target, round);
	drain(target);
	begun = now_nsec();
	dbus_connection_send(bus, call, &serial);
	dbus_connection_flush(bus);
	do {
		receive(target, text, sizeof text);
	} while (target->url && !strstr(text, "\"reload\""));
	taken = now_nsec() - begun;
	dbus_message_unref(call);
	take_answer(bus, target, serial);
	return taken;
}

int main(int argc, char **argv)
{
	struct target targets[TARGETS_MAX];
	DBusConnection *bus = dbus_bus_get_private(DBUS_BUS_SESSION, NULL);
	int count = argc - 3;
	unsigned rounds;
	struct timespec gap;

	if (count < 1 || count > TARGETS_MAX || !bus) {
		fputs("usage: bench-probe ROUNDS GAP-MSEC BUS-NAME,PORT,FILE[,URL]...\n", stderr);
		return 2;
	}
	rounds = (unsigned)atoi(argv[1]);
	gap = (struct timespec){.tv_nsec = atol(argv[2]) * 1000000};
	for (int i = 0; i < count; i++) {
		targets[i] = target_open(argv[3 + i]);
	}
	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < count; i++) {
			printf("%d %lld\n", i, (long long)measure(bus, &targets[i], round));
			nanosleep(&gap, NULL);
		}
	}
	return 0;
}
