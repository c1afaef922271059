/* SPDX-License-Identifier: MIT */
#include "server/upstream-request.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server/url.h"
#include "util/clock.h"
#include "util/mem.h"

/* For connecting, for the handshake, and for sending. */
#define REQUEST_STEP_USEC (500 * CLOCK_USEC_PER_MSEC)

#define REST_USEC (100 * CLOCK_USEC_PER_MSEC)
enum { REST_MAX = 1024 * 1024, REST_AT_ONCE = 16 * 1024 };

struct upstream_request {
	int fd;
	SSL_CTX *context; /* NULL for http, like the next one */
	SSL *tls;
};

/* Returns 0, or -1. */
static int request_connect(struct upstream_request *request, const struct listen_socket *to,
	uint16_t port, struct tcp_own *opens, uint16_t *own_port)
{
	struct sockaddr_in v4 = {
		.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct timeval limit = {.tv_usec = REQUEST_STEP_USEC};
	struct sockaddr_in6 own = {0};
	socklen_t length = sizeof own;
	int r;

	memcpy(&v4.sin_addr, &to->address, sizeof v4.sin_addr);
	v4.sin_addr.s_addr = v4.sin_addr.s_addr ? v4.sin_addr.s_addr : htonl(INADDR_LOOPBACK);
	v6.sin6_addr = IN6_IS_ADDR_UNSPECIFIED(&to->address) ? in6addr_loopback : to->address;
	request->fd = socket(to->v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (request->fd < 0) {
		return -1;
	}
	setsockopt(request->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	atomic_fetch_add(&opens->begun, 1);
	r = to->v6 ? connect(request->fd, (struct sockaddr *)&v6, sizeof v6)
		   : connect(request->fd, (struct sockaddr *)&v4, sizeof v4);
	atomic_fetch_add(&opens->done, 1);
	if (r < 0 || getsockname(request->fd, (struct sockaddr *)&own, &length) < 0) {
		return -1;
	}
	*own_port = ntohs(own.sin6_port); /* at the same place in both */
	return 0;
}

/*
 * After a call of OpenSSL that returned `r`: waits until it may be repeated. False if it has succeeded
 * or failed, or if there is no time left. A server that sends a byte now and then gains no time.
 */
static bool request_repeats(struct upstream_request *request, int r, uint64_t until)
{
	int error = r == 1 ? SSL_ERROR_NONE : SSL_get_error(request->tls, r);
	struct pollfd wait = {
		.fd = request->fd,
		.events = error == SSL_ERROR_WANT_READ ? POLLIN
			: error == SSL_ERROR_WANT_WRITE ? POLLOUT
							: 0,
	};
	uint64_t now = clock_now_usec();

	ERR_clear_error();
	return wait.events && now < until &&
		poll(&wait, 1, (int)((until - now) / CLOCK_USEC_PER_MSEC) + 1) > 0;
}

/* Returns 0, or -1. */
static int request_shake_hands(struct upstream_request *request, const char *host)
{
	static const unsigned char http_1_1[] = "\x08http/1.1";
	bool named = listen_host_is_name(host);
	uint64_t until = clock_now_usec() + REQUEST_STEP_USEC;
	int r;

	request->context = SSL_CTX_new(TLS_client_method());
	if (!request->context) {
		return -1;
	}
	SSL_CTX_set_verify(request->context, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_security_level(request->context, 0); /* short keys will do, too */
	request->tls = SSL_new(request->context);
	if (!request->tls || SSL_set_fd(request->tls, request->fd) != 1 ||
		SSL_set_alpn_protos(request->tls, http_1_1, sizeof http_1_1 - 1) != 0 ||
		(named && SSL_set_tlsext_host_name(request->tls, host) != 1) ||
		fcntl(request->fd, F_SETFL, fcntl(request->fd, F_GETFL) | O_NONBLOCK) < 0) {
		return -1;
	}
	do {
		r = SSL_connect(request->tls);
	} while (request_repeats(request, r, until));
	return r == 1 ? 0 : -1;
}

struct upstream_request *upstream_request_open(const struct upstream_question *question,
	const struct listen_socket *to, uint16_t *own_port)
{
	struct upstream_request *request = mem_new(struct upstream_request);

	if (request_connect(request, to, question->port, question->own, own_port) < 0 ||
		(question->secure && request_shake_hands(request, question->host) < 0)) {
		upstream_request_free(request);
		return NULL;
	}
	return request;
}

void upstream_request_free(struct upstream_request *request)
{
	if (!request) {
		return;
	}
	SSL_free(request->tls);
	SSL_CTX_free(request->context);
	if (request->fd >= 0) {
		close(request->fd);
	}
	free(request);
}

char *upstream_request_text(const struct upstream_question *question, const char *method,
	uint32_t query, uint32_t header, unsigned count)
{
	bool v6 = strchr(question->host, ':');
	_cleanup_free_ char *padding = mem_alloc(query + header + 1);
	_cleanup_free_ char *field = NULL, *one = NULL;
	char *all = mem_strdup("");
	_cleanup_free_ char *port = question->host_port == URL_HTTP_PORT
		? mem_strdup("")
		: mem_printf(":%u", (unsigned)question->host_port);

	/* HTTP/2 sends most characters in fewer bits, but not this one. */
	memset(padding, 'X', query + header);
	padding[query + header] = '\0';
	field = header ? mem_printf("X-Savecast-Probe: %s\r\n", padding + query) : mem_strdup("");
	one = mem_printf("%s %s%csavecast-probe=%.*s HTTP/1.1\r\n"
			  "Host: %s%s%s%s\r\n"
			  "User-Agent: savecast\r\n"
			  "Accept: */*\r\n"
			  "Cache-Control: no-cache\r\n"
			  "%s",
		method, question->path, strchr(question->path, '?') ? '&' : '?', (int)query,
		padding, v6 ? "[" : "", question->host, v6 ? "]" : "", port, field);
	for (unsigned i = 0; i < count; i++) {
		_cleanup_free_ char *before = all;

		all = mem_printf("%s%s%s\r\n", before, one,
			i + 1 < count ? "" : "Connection: close\r\n");
	}
	return all;
}

bool upstream_request_send(struct upstream_request *request, const char *text)
{
	uint64_t until = clock_now_usec() + REQUEST_STEP_USEC;
	size_t length = strlen(text), sent = 0;
	int r;

	if (request->tls) {
		do {
			r = SSL_write_ex(request->tls, text, length, &sent);
		} while (request_repeats(request, r, until));
		return r == 1 && sent == length;
	}
	return send(request->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

int upstream_request_fd(const struct upstream_request *request)
{
	return request->fd;
}

/* Like recv() with MSG_DONTWAIT. */
static ssize_t request_receive(struct upstream_request *request, char *to, size_t size)
{
	int r, error;

	if (!request->tls) {
		return recv(request->fd, to, size, MSG_DONTWAIT);
	}
	r = SSL_read(request->tls, to, (int)size);
	error = r > 0 ? SSL_ERROR_NONE : SSL_get_error(request->tls, r);
	ERR_clear_error();
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
		errno = EAGAIN; /* what has come is no part of an answer, but of the handshake */
		return -1;
	}
	errno = EPIPE;
	return r > 0 ? r : error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

int upstream_request_read(struct upstream_request *request, unsigned *status)
{
	char begin[16] = "";
	ssize_t n = request_receive(request, begin, sizeof begin - 1);

	*status = 0;
	if (n <= 0) {
		return n < 0 && errno == EAGAIN ? 0 : -1;
	}
	sscanf(begin, "HTTP/%*3s %3u", status);
	return 1;
}

void upstream_request_read_rest(struct upstream_request *request)
{
	uint64_t now, until = clock_now_usec() + REST_USEC;
	struct pollfd more = {.fd = request->fd, .events = POLLIN};
	char bytes[REST_AT_ONCE];
	size_t read = 0;
	ssize_t n = 1;

	while (n != 0 && read < REST_MAX && (now = clock_now_usec()) < until &&
		poll(&more, 1, (int)((until - now) / CLOCK_USEC_PER_MSEC) + 1) > 0) {
		n = request_receive(request, bytes, sizeof bytes);
		if (n < 0 && errno != EAGAIN) {
			return;
		}
		read += n > 0 ? (size_t)n : 0;
	}
}
