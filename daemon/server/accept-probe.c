/* SPDX-License-Identifier: MIT */
#include "server/accept-probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/unix-peers.h"
#include "util/mem.h"
#include "util/loopback.h"
#include "util/mounts.h"

void accept_probe_close(struct accept_probe *probe)
{
	if (probe->fd >= 0) {
		close(probe->fd);
	}
	*probe = ACCEPT_PROBE_NONE;
}

/*
 * Says that nothing will be sent. So a server that waits for the first bytes (TCP_DEFER_ACCEPT, as
 * unicorn does) is given the connection at once, not after a second, and no server waits for a
 * request. Before it is connected, that would end the connection.
 */
static void end_own_half(struct accept_probe *probe)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof peer;

	if (!probe->ended && getpeername(probe->fd, (struct sockaddr *)&peer, &length) == 0) {
		probe->ended = shutdown(probe->fd, SHUT_WR) == 0;
	}
}

/* Returns a descriptor, or -1. */
static int connect_unix(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd;

	/* connect() searches for the path, which a file server may delay. */
	if (strlen(path) >= sizeof to.sun_path || mounts_is_remote(path)) {
		return -1;
	}
	memcpy(to.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Returns a descriptor, or -1. */
static int connect_tcp(const struct listen_socket *to, uint16_t port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	static const struct in6_addr any;
	int fd;

	memcpy(&v4.sin_addr, &to->address, sizeof v4.sin_addr);
	v6.sin6_addr = to->address;
	/* Connects to a wildcard address through loopback. */
	if (!to->v6 && v4.sin_addr.s_addr == htonl(INADDR_ANY)) {
		v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	if (to->v6 && memcmp(&to->address, &any, sizeof any) == 0) {
		v6.sin6_addr = in6addr_loopback;
	}
	fd = socket(to->v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return -1;
	}
	if ((to->v6 ? connect(fd, (struct sockaddr *)&v6, sizeof v6)
		    : connect(fd, (struct sockaddr *)&v4, sizeof v4)) < 0 &&
		errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

void accept_probe_connect(
	struct accept_probe *probe, const struct listen_socket *to, const char *host, uint16_t port)
{
	int fd;

	if (probe->fd >= 0 && probe->inode == to->inode) {
		return;
	}
	accept_probe_close(probe);
	fd = listen_host_is_unix(host) ? connect_unix(host) : connect_tcp(to, port);
	if (fd >= 0) {
		*probe = (struct accept_probe){.fd = fd, .inode = to->inode};
		end_own_half(probe);
	}
}

/* Whether a process has taken it from the queue of the listening socket. */
static bool is_accepted(const struct accept_probe *probe)
{
	struct sockaddr_storage peer, self;
	socklen_t peer_length = sizeof peer, self_length = sizeof self;
	struct loopback_peer end;
	struct stat own;

	if (getpeername(probe->fd, (struct sockaddr *)&peer, &peer_length) < 0 ||
		getsockname(probe->fd, (struct sockaddr *)&self, &self_length) < 0) {
		return false;
	}
	if (self.ss_family == AF_UNIX) {
		return fstat(probe->fd, &own) == 0 && unix_peers_accepted((uint32_t)own.st_ino);
	}
	return loopback_peer_find(&peer, &self, &end) == 0 && end.accepted;
}

static bool is_listed(
	const struct accept_probe *probe, const struct listen_socket *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (sockets[i].inode == probe->inode) {
			return true;
		}
	}
	return false;
}

bool accept_probe_sees_accept(
	struct accept_probe *probe, const struct listen_socket *sockets, size_t count)
{
	char byte;

	if (probe->fd < 0 || !is_listed(probe, sockets, count)) {
		return false;
	}
	end_own_half(probe);
	/* A process that accepted it may have closed it, or sent something first. */
	if (recv(probe->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) {
		return true;
	}
	if (errno != EAGAIN) {
		accept_probe_close(probe); /* reset: another one is opened */
	}
	return probe->fd >= 0 && is_accepted(probe);
}
