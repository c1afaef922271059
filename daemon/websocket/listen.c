/* SPDX-License-Identifier: MIT */
#include "websocket/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/loopback.h"
#include "util/mem.h"

#define LOG_MODULE "ws"
#include "util/log.h"

enum {
	LOOPBACK_ADDRESSES = 2,
	LISTEN_BATCH = 16,	/* connections accepted per wake-up */
	LISTEN_PORT_TRIES = 16, /* to find a port that is free on both addresses */
};

/* If descriptors or memory run out, nothing can be accepted; it tries again after this time. */
#define LISTEN_PAUSE_USEC CLOCK_USEC_PER_SEC

struct listener_socket {
	struct listener *listener;
	int fd;
	struct loop_fd *watch;
};

struct listener {
	struct loop *loop;
	listener_accept_fn *accept;
	void *userdata;
	struct listener_socket sockets[SOCKET_ACTIVATION_MAX];
	size_t n_sockets;
	char *failed[LOOPBACK_ADDRESSES]; /* the addresses on which it does not listen, and why */
	bool in_use[LOOPBACK_ADDRESSES];  /* whether another program listens there */
	struct loop_timer *pause;
	struct log_limit refused;
	struct log_limit paused;
};

static void listener_watch(struct listener *listener, uint32_t events)
{
	for (size_t i = 0; i < listener->n_sockets; i++) {
		loop_fd_set_events(listener->sockets[i].watch, events);
	}
}

static void on_pause_over(void *userdata)
{
	listener_watch(userdata, EPOLLIN);
}

/* Pauses, since the connection stays in the backlog and would wake us again immediately. */
static void listener_pause(struct listener *listener, int error)
{
	uint64_t now = clock_now_usec();
	char more[LOG_LIMIT_MORE_MAX];

	listener_watch(listener, 0);
	loop_timer_set(listener->pause, now + LISTEN_PAUSE_USEC);
	if (log_limit_pass(&listener->paused, now, more)) {
		log_warning("connection: %s: not accepted, trying again%s", strerror(error), more);
	}
}

static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void refuse(int fd)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(fd);
}

/* Returns 0 if it is our user; -EPERM if not; or another error if that could not be found out. */
static int peer_check(struct listener *listener, const struct sockaddr_storage *peer, int fd)
{
	struct sockaddr_storage self = {0};
	socklen_t length = sizeof self;
	uid_t uid = (uid_t)-1;
	char more[LOG_LIMIT_MORE_MAX];
	int r = getsockname(fd, (struct sockaddr *)&self, &length) < 0 ? -errno : 0;

	if (r == 0) {
		r = loopback_peer_uid(peer, &self, &uid);
	}
	if (r == 0 && uid == getuid()) {
		return 0;
	}
	if (is_shortage(-r) || !log_limit_pass(&listener->refused, clock_now_usec(), more)) {
		return r < 0 ? r : -EPERM;
	}
	if (r < 0) {
		log_info("connection: its user is unknown: %s: reset%s", strerror(-r), more);
	} else {
		log_info("connection: user %u: is not the daemon's user: reset%s", (unsigned)uid, more);
	}
	return r < 0 ? r : -EPERM;
}

/* Returns false if there is none for now. */
static bool accept_one(struct listener_socket *socket)
{
	struct listener *listener = socket->listener;
	struct sockaddr_storage peer = {0};
	socklen_t length = sizeof peer;
	int fd = accept4(
		socket->fd, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	int r;

	if (fd < 0) {
		if (is_shortage(errno)) {
			listener_pause(listener, errno);
			return false;
		}
		return errno != EAGAIN; /* otherwise only that connection has failed */
	}
	r = peer_check(listener, &peer, fd);
	if (r < 0 || !listener->accept(fd, listener->userdata)) {
		refuse(fd);
	}
	if (is_shortage(-r)) {
		listener_pause(listener, -r);
		return false;
	}
	return true;
}

static void on_connection(uint32_t events, void *userdata)
{
	for (int i = 0; i < LISTEN_BATCH; i++) {
		if (!accept_one(userdata)) {
			break;
		}
	}
}

/* Takes ownership of the descriptor in any case. */
static int listener_add(struct listener *listener, int fd)
{
	struct listener_socket *socket = &listener->sockets[listener->n_sockets];
	int r;

	*socket = (struct listener_socket){.listener = listener, .fd = fd};
	socket->watch = loop_fd_new(listener->loop, fd, EPOLLIN, on_connection, socket);
	if (!socket->watch) {
		r = -errno;
		close(fd);
		return r;
	}
	listener->n_sockets++;
	return 0;
}

static void listener_close(struct listener *listener)
{
	while (listener->n_sockets > 0) {
		struct listener_socket *socket = &listener->sockets[--listener->n_sockets];

		loop_fd_free(socket->watch);
		close(socket->fd);
	}
}

static const struct {
	int family;
	const char *name;
} addresses[LOOPBACK_ADDRESSES] = {{AF_INET, "127.0.0.1"}, {AF_INET6, "[::1]"}};

/* Listens on one of the addresses; `port` 0: any, which is stored there. */
static int listener_open_one(struct listener *listener, size_t i, uint16_t *port)
{
	int fd = loopback_listen(addresses[i].family, port);
	int r = fd < 0 ? fd : listener_add(listener, fd);

	free(mem_steal(listener->failed[i]));
	listener->in_use[i] = r == -EADDRINUSE;
	if (r < 0) {
		listener->failed[i] = mem_printf(
			"%s:%u: %s", addresses[i].name, (unsigned)*port, strerror(-r));
	}
	return r;
}

/*
 * One of the two addresses is enough: an extension looks for its daemon on both, and asks for a
 * proof. With port 0, it chooses a port that is free on both.
 */
static int listener_open(struct listener *listener, uint16_t port)
{
	bool chosen = port == 0;
	int first = 0;

	for (size_t i = 0; i < COUNT_OF(addresses); i++) {
		int r = listener_open_one(listener, i, &port);

		if (r == -EADDRINUSE && chosen) {
			listener_close(listener);
			return r;
		}
		first = first ? first : r;
	}
	return listener->n_sockets ? 0 : first;
}

static int listener_adopt(struct listener *listener, struct socket_activation *activated)
{
	int r = 0;

	for (size_t i = 0; i < activated->count; i++) {
		int added = listener_add(listener, activated->fds[i]);

		r = added < 0 ? added : r;
	}
	activated->count = 0;
	return r;
}

int listener_new(struct listener **listener, struct loop *loop, uint16_t port,
	struct socket_activation *activated, listener_accept_fn *accept, void *userdata, char **why)
{
	struct listener *new = mem_new(struct listener);
	int tries = port == 0 ? LISTEN_PORT_TRIES : 1;
	int r;

	*new = (struct listener){.loop = loop, .accept = accept, .userdata = userdata};
	new->pause = loop_timer_new(loop, on_pause_over, new);
	if (activated->count) {
		r = listener_adopt(new, activated);
	} else {
		do {
			r = listener_open(new, port);
		} while (r == -EADDRINUSE && --tries > 0);
	}
	if (r < 0) {
		*why = new->failed[1] ? mem_printf("%s; %s", new->failed[0], new->failed[1])
				      : mem_strdup(strerror(-r));
		listener_free(new);
		return r;
	}
	for (size_t i = 0; i < COUNT_OF(new->failed); i++) {
		if (new->failed[i]) {
			log_warning("%s: browsers connect to the other loopback address only",
				new->failed[i]);
		}
	}
	*listener = new;
	return 0;
}

void listener_free(struct listener *listener)
{
	if (listener) {
		listener_close(listener);
		loop_timer_free(listener->pause);
		free(listener->failed[0]);
		free(listener->failed[1]);
		free(listener);
	}
}

const char *listener_missing(const struct listener *listener)
{
	for (size_t i = 0; i < COUNT_OF(addresses); i++) {
		if (listener->in_use[i]) {
			return listener->failed[i];
		}
	}
	return NULL;
}

bool listener_retry(struct listener *listener)
{
	uint16_t port = listener_port(listener);
	bool news = false;

	for (size_t i = 0; i < COUNT_OF(addresses); i++) {
		if (listener->in_use[i] && listener_open_one(listener, i, &port) == 0) {
			log_info("browsers connect to %s:%u, too", addresses[i].name, (unsigned)port);
			news = true;
		}
	}
	return news;
}

uint16_t listener_port(const struct listener *listener)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof address;

	getsockname(listener->sockets[0].fd, (struct sockaddr *)&address, &length);
	return ntohs(address.ss_family == AF_INET6
			     ? ((const struct sockaddr_in6 *)&address)->sin6_port
			     : ((const struct sockaddr_in *)&address)->sin_port);
}
