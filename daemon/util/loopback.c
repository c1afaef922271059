/* SPDX-License-Identifier: MIT */
#include "util/loopback.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

/* The longest queue: with a full one, a browser would have to send its SYN again. */
enum { LOOPBACK_BACKLOG = SOMAXCONN };

int loopback_listen(int family, uint16_t *port)
{
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(*port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	bool is_v6 = family == AF_INET6;
	void *address = is_v6 ? (void *)&v6 : &v4;
	socklen_t length = is_v6 ? sizeof v6 : sizeof v4;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, r;

	if (fd < 0) {
		return -errno;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
		(is_v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0) ||
		bind(fd, address, length) < 0 || listen(fd, LOOPBACK_BACKLOG) < 0 ||
		getsockname(fd, address, &length) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	*port = ntohs(is_v6 ? v6.sin6_port : v4.sin_port);
	return fd;
}
