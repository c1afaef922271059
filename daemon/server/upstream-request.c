/* SPDX-License-Identifier: MIT */
#include "server/upstream-request.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server/url.h"
#include "util/mem.h"

int upstream_request_connect(const struct listen_socket *to, uint16_t port, uint16_t *own_port)
{
	struct sockaddr_in v4 = {
		.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(to->v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval limit = {.tv_usec = 500000}; /* for connect() and send() */
	struct sockaddr_in6 own = {0};
	socklen_t length = sizeof own;
	int r;

	memcpy(&v4.sin_addr, &to->address, sizeof v4.sin_addr);
	v4.sin_addr.s_addr = v4.sin_addr.s_addr ? v4.sin_addr.s_addr : htonl(INADDR_LOOPBACK);
	v6.sin6_addr = IN6_IS_ADDR_UNSPECIFIED(&to->address) ? in6addr_loopback : to->address;
	if (fd < 0) {
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	r = to->v6 ? connect(fd, (struct sockaddr *)&v6, sizeof v6)
		   : connect(fd, (struct sockaddr *)&v4, sizeof v4);
	if (r < 0 || getsockname(fd, (struct sockaddr *)&own, &length) < 0) {
		close(fd);
		return -1;
	}
	*own_port = ntohs(own.sin6_port); /* at the same place in both */
	return fd;
}

char *upstream_request_text(
	const struct upstream_question *question, uint32_t query, uint32_t header)
{
	bool v6 = strchr(question->host, ':');
	_cleanup_free_ char *padding = mem_alloc(query + header + 1);
	_cleanup_free_ char *field = NULL;
	_cleanup_free_ char *port = question->host_port == URL_HTTP_PORT
		? mem_strdup("")
		: mem_printf(":%u", (unsigned)question->host_port);

	/* HTTP/2 sends most characters in fewer bits, but not this one. */
	memset(padding, 'X', query + header);
	padding[query + header] = '\0';
	field = header ? mem_printf("X-Savecast-Probe: %s\r\n", padding + query) : mem_strdup("");
	return mem_printf("HEAD %s%csavecast-probe=%.*s HTTP/1.1\r\n"
			  "Host: %s%s%s%s\r\n"
			  "User-Agent: savecast\r\n"
			  "Accept: */*\r\n"
			  "Cache-Control: no-cache\r\n"
			  "%s"
			  "Connection: close\r\n\r\n",
		question->path, strchr(question->path, '?') ? '&' : '?', (int)query, padding,
		v6 ? "[" : "", question->host, v6 ? "]" : "", port, field);
}

unsigned upstream_request_status(int fd)
{
	char begin[16] = "";
	unsigned status = 0;

	if (recv(fd, begin, sizeof begin - 1, MSG_DONTWAIT) > 0) {
		sscanf(begin, "HTTP/%*3s %3u", &status);
	}
	return status;
}
