/* SPDX-License-Identifier: MIT */
#include "websocket/opening.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"
#include "websocket/handshake.h"
#include "websocket/request-head.h"
#include "websocket/ws-server.h"

#define LOG_MODULE "ws"
#include "util/log.h"

struct opening {
	TAILQ_ENTRY(opening) all;
	struct openings *openings;
	int fd;
	struct loop_fd *watch;
	uint64_t deadline_usec;
	bool answered; /* further input is discarded, so that a reset does not cut the answer off */
	size_t thrown;
	struct request_head head;
};

static int opening_release(struct opening *opening)
{
	struct openings *openings = opening->openings;
	int fd = opening->fd;

	loop_fd_free(opening->watch);
	TAILQ_REMOVE(&openings->all, opening, all);
	openings->count--;
	if (openings->count == 0) {
		loop_timer_set(openings->timer, CLOCK_NEVER);
	}
	free(opening);
	return fd;
}

static void opening_end(struct opening *opening)
{
	close(opening_release(opening));
}

static void on_deadline(void *userdata)
{
	struct openings *openings = userdata;
	struct opening *first;
	uint64_t now = clock_now_usec();

	while ((first = TAILQ_FIRST(&openings->all)) && first->deadline_usec <= now) {
		opening_end(first);
	}
	if (first) {
		loop_timer_set(openings->timer, first->deadline_usec);
	}
}

/*
 * `reader`: the origin of an extension that may read this answer, or NULL. Without the header
 * Access-Control-Allow-Origin, an extension cannot distinguish this answer from a missing one.
 */
static void opening_answer(struct opening *opening, unsigned status, const char *reader)
{
	const char *phrase = status == 404   ? "Not Found"
			     : status == 431 ? "Request Header Fields Too Large"
					     : "Forbidden";
	char text[256 + REQUEST_LINE_MAX];
	int n = snprintf(text, sizeof text,
		"HTTP/1.1 %u %s\r\n"
		"Content-Type: text/plain\r\n"
		"Content-Length: %zu\r\n"
		"Cache-Control: no-store\r\n"
		"%s%s%s"
		"Connection: close\r\n"
		"\r\n"
		"savecast: %s\n",
		status, phrase, strlen("savecast: \n") + strlen(phrase),
		reader ? "Access-Control-Allow-Origin: " : "", reader ? reader : "",
		reader ? "\r\n" : "", phrase);

	if (send(opening->fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) != n ||
		shutdown(opening->fd, SHUT_WR) < 0) {
		opening_end(opening);
		return;
	}
	opening->answered = true;
}

static void opening_refuse(struct opening *opening, unsigned status, const char *what,
	const char *value, const char *why)
{
	char more[LOG_LIMIT_MORE_MAX];

	if (log_limit_pass(&opening->openings->refused, clock_now_usec(), more)) {
		log_info("handshake: %s: %s: %s: refused%s", what, value ? value : "missing", why,
			more);
	}
	opening_answer(opening, status, NULL);
}

static void opening_pass(
	struct opening *opening, const struct handshake *handshake, const char *rest, size_t length)
{
	struct openings *openings = opening->openings;
	char request[OPENING_REQUEST_MAX];
	int n = snprintf(request, sizeof request,
		"GET / HTTP/1.1\r\n"
		"Host: %s\r\n"
		"Upgrade: websocket\r\n"
		"Connection: Upgrade\r\n"
		"Sec-WebSocket-Key: %s\r\n"
		"Sec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Protocol: " HANDSHAKE_SUBPROTOCOL "\r\n"
		"\r\n",
		handshake->host, handshake->key);
	_cleanup_free_ char *origin = mem_strdup(handshake->origin);
	int fd = opening_release(opening);

	memcpy(request + n, rest, length);
	openings->too_large = false;
	openings->done(fd, origin, request, (size_t)n + length, openings->userdata);
}

/* `rest` are the bytes after the head. */
static void opening_decide(struct opening *opening, const char *rest, size_t length)
{
	const struct request_head *head = &opening->head;
	struct handshake handshake = {
		.method = head->method,
		.path = head->target,
		.http = head->version,
		.host = request_head_field(head, REQUEST_HOST),
		.origin = request_head_field(head, REQUEST_ORIGIN),
		.upgrade = request_head_field(head, REQUEST_UPGRADE),
		.connection = request_head_field(head, REQUEST_CONNECTION),
		.key = request_head_field(head, REQUEST_KEY),
		.version = request_head_field(head, REQUEST_VERSION),
		.subprotocols = request_head_field(head, REQUEST_PROTOCOL),
	};
	const char *what, *value, *why;
	unsigned status;

	if (!handshake.upgrade) {
		/* The extension checks whether a daemon is there. */
		bool known = handshake.origin && handshake_origin_is_extension(handshake.origin);

		opening_answer(opening, 403, known ? handshake.origin : NULL);
		return;
	}
	status = handshake_check(&handshake, &what, &value, &why);
	if (status) {
		opening_refuse(opening, status, what, value, why);
		return;
	}
	opening_pass(opening, &handshake, rest, length);
}

static void opening_read(struct opening *opening, const uint8_t *bytes, size_t length)
{
	size_t taken = request_head_read(&opening->head, bytes, length);

	switch (opening->head.state) {
	case REQUEST_MORE:
		break;
	case REQUEST_COMPLETE:
		opening_decide(opening, (const char *)bytes + taken, length - taken);
		break;
	case REQUEST_MALFORMED:
		opening_refuse(opening, 403, "request", opening->head.why, "must be HTTP/1.1");
		break;
	case REQUEST_TOO_LARGE:
		opening->openings->too_large = true;
		opening_refuse(opening, 431, "request", "more than 1 MiB", OPENING_TOO_LARGE);
		break;
	}
}

static void on_readable(uint32_t events, void *userdata)
{
	struct opening *opening = userdata;
	uint8_t bytes[OPENING_READ_MAX];
	ssize_t n = recv(opening->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN) {
		return;
	}
	if (n <= 0) {
		opening_end(opening);
	} else if (!opening->answered) {
		opening_read(opening, bytes, (size_t)n);
	} else if ((opening->thrown += (size_t)n) > REQUEST_HEAD_MAX) {
		opening_end(opening);
	}
}

void openings_init(struct openings *openings, struct loop *loop, opening_done_fn *done,
	void *userdata)
{
	*openings = (struct openings){.loop = loop, .done = done, .userdata = userdata};
	TAILQ_INIT(&openings->all);
	openings->timer = loop_timer_new(loop, on_deadline, openings);
}

void openings_deinit(struct openings *openings)
{
	while (!TAILQ_EMPTY(&openings->all)) {
		opening_end(TAILQ_FIRST(&openings->all));
	}
	loop_timer_free(mem_steal(openings->timer));
}

void openings_add(struct openings *openings, int fd)
{
	struct opening *opening = mem_new(struct opening);
	struct loop_fd *watch = loop_fd_new(openings->loop, fd, EPOLLIN, on_readable, opening);

	if (!watch) {
		close(fd);
		free(opening);
		return;
	}
	opening->openings = openings;
	opening->fd = fd;
	opening->watch = watch;
	opening->deadline_usec = clock_now_usec() + WS_HANDSHAKE_SECS * CLOCK_USEC_PER_SEC;
	if (openings->count++ == 0) {
		loop_timer_set(openings->timer, opening->deadline_usec);
	}
	TAILQ_INSERT_TAIL(&openings->all, opening, all);
}
