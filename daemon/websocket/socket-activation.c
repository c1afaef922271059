/* SPDX-License-Identifier: MIT */
#include "websocket/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#define LOG_MODULE "ws"
#include "util/log.h"

/* The port, or 0 if it is not a loopback address. */
static uint16_t loopback_port(int fd)
{
	struct sockaddr_storage address = {0};
	const struct sockaddr_in *v4 = (const void *)&address;
	const struct sockaddr_in6 *v6 = (const void *)&address;
	socklen_t length = sizeof address;

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) {
		return 0;
	}
	if (address.ss_family == AF_INET && v4->sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
		return ntohs(v4->sin_port);
	}
	if (address.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)) {
		return ntohs(v6->sin6_port);
	}
	return 0;
}

/* Why the socket cannot be used, or NULL. */
static const char *socket_fault(const struct socket_activation *activated, int fd)
{
	uint16_t port = loopback_port(fd);

	if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0 || !port) {
		return "is not a TCP socket that listens on 127.0.0.1 or [::1]";
	}
	if (activated->count && port != activated->port) {
		return "has another port than the first";
	}
	if (activated->count == SOCKET_ACTIVATION_MAX) {
		return "is one too many";
	}
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		return strerror(errno);
	}
	return NULL;
}

void socket_activation_take(struct socket_activation *activated)
{
	int count = sd_listen_fds(1);

	*activated = (struct socket_activation){0};
	if (count < 0) {
		log_error("sockets from systemd: %s: not used", strerror(-count));
	}
	for (int i = 0; i < count; i++) {
		int fd = SD_LISTEN_FDS_START + i;
		const char *fault = socket_fault(activated, fd);

		if (fault) {
			log_error(
				"socket %d of %d from systemd: %s: not used", i + 1, count, fault);
			close(fd);
			continue;
		}
		activated->port = loopback_port(fd);
		activated->fds[activated->count++] = fd;
	}
}
