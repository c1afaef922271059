/* SPDX-License-Identifier: MIT */
#include "websocket/ws-server.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libwebsockets.h>

#include "util/mem.h"
#include "util/loop.h"
#include "websocket/handshake.h"
#include "websocket/listen.h"
#include "websocket/opening.h"
#include "websocket/ws-client.h"

#define LOG_MODULE "ws"
#include "util/log.h"

enum {
	WS_RX_CHUNK = 1024,	/* a buffer of this size for each connection */
	WS_TX_CHUNK = 1 << 20,	/* otherwise libwebsockets writes in pieces of WS_RX_CHUNK */
	WS_SEND_BUFFER = 65536, /* what the kernel may hold for one client */
};

static_assert(WS_CONNECTIONS_MAX + 2 <= LOOP_LWS_FDS_MAX, "the loop has room for them");

/*
 * libwebsockets frees a vhost that had connections only with its context. So an ended
 * server stays until the last of its connections is gone; each of these holds a reference.
 */
struct ws_server {
	struct lws_vhost *vhost;
	struct listener *listener;
	struct openings openings;
	uint16_t port;
	const struct ws_callbacks *callbacks;
	void *userdata;
	struct ws_clients clients;
	unsigned n_connections; /* open in libwebsockets; each holds a reference */
	bool ended;
	struct log_limit full;
};

/*
 * The user data of libwebsockets' callbacks for one connection, from before the first callback to
 * the last one. The callbacks find the server only here, so none can find a server that was freed.
 */
struct connection {
	struct ws_server *server;
	char *origin;
};

/*
 * Set only while libwebsockets takes over a connection. The first callback, which comes during
 * that, takes it; the last one frees it.
 */
static struct connection *adopting;

static void server_unref(struct ws_server *server)
{
	if (server->n_connections == 0 && server->ended) {
		free(server);
	}
}

static void connection_free(struct connection *connection)
{
	struct ws_server *server = connection->server;

	free(connection->origin);
	free(connection);
	server->n_connections--;
	server_unref(server);
}

static int on_established(struct ws_server *server, struct lws *wsi, struct ws_client **slot)
{
	if (server->ended) {
		return -1;
	}
	*slot = ws_client_new(&server->clients, wsi);
	server->callbacks->opened(*slot, server->userdata);
	return *slot ? 0 : -1; /* the callback may have ended the server */
}

static int on_receive(
	struct ws_server *server, struct ws_client **slot, const char *in, size_t length)
{
	_cleanup_free_ char *owned = NULL;
	const char *text;

	if (ws_client_on_data(*slot, in, length, &text, &length, &owned)) {
		server->callbacks->message(*slot, text, length, server->userdata);
	}
	return *slot ? 0 : -1;
}

static void on_closed(struct ws_server *server, struct ws_client **slot)
{
	struct ws_client *client = mem_steal(*slot);

	ws_client_unlink(client);
	server->callbacks->closed(client, server->userdata);
	ws_client_free(client);
}

/* The first callback of libwebsockets for a connection. */
static int on_instantiated(struct lws *wsi)
{
	if (!adopting) {
		return -1;
	}
	lws_set_opaque_user_data(wsi, mem_steal(adopting));
	return 0;
}

/* The last callback. */
static int on_destroyed(struct connection *connection, struct lws *wsi)
{
	lws_set_opaque_user_data(wsi, NULL);
	connection_free(connection);
	return 0;
}

static int ws_on_lws(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
	struct ws_client **slot = user;
	struct connection *connection;
	struct ws_server *server;

	if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED) {
		return on_instantiated(wsi);
	}
	connection = wsi ? lws_get_opaque_user_data(wsi) : NULL;
	if (!connection) {
		return 0; /* a callback of the vhost, or of another connection */
	}
	server = connection->server;
	switch (reason) {
	case LWS_CALLBACK_WSI_DESTROY:
		return on_destroyed(connection, wsi);
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return server->ended ? -1 : 0;
	case LWS_CALLBACK_RAW_ADOPT:
	case LWS_CALLBACK_HTTP:
		return -1; /* opening.c lets only WebSockets through */
	case LWS_CALLBACK_ESTABLISHED:
		return on_established(server, wsi, slot);
	case LWS_CALLBACK_RECEIVE:
		return *slot ? on_receive(server, slot, in, length) : -1;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return *slot ? ws_client_on_writable(*slot) : -1;
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		if (slot && *slot) {
			ws_client_on_peer_close(*slot);
		}
		return 0;
	case LWS_CALLBACK_CLOSED:
		if (slot && *slot) {
			on_closed(server, slot);
		}
		return 0;
	default:
		return 0;
	}
}

static void on_opened(
	int fd, const char *origin, const char *request, size_t length, void *userdata)
{
	struct ws_server *server = userdata;
	struct connection *connection = mem_new(struct connection);

	*connection = (struct connection){.server = server, .origin = mem_strdup(origin)};
	server->n_connections++;
	adopting = connection;
	lws_adopt_socket_vhost_readbuf(server->vhost, fd, request, length); /* closes it if it fails */
	if (adopting) {
		connection_free(mem_steal(adopting));
	}
}

static bool on_accept(int fd, void *userdata)
{
	struct ws_server *server = userdata;
	int buffer = WS_SEND_BUFFER, on = 1;
	char more[LOG_LIMIT_MORE_MAX];
	unsigned count = server->n_connections + server->openings.count;

	if (count >= WS_CONNECTIONS_MAX) {
		if (log_limit_pass(&server->full, clock_now_usec(), more)) {
			log_info("connection: there are %u already: reset%s", count, more);
		}
		return false;
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	openings_add(&server->openings, fd);
	return true;
}

static struct lws_vhost *ws_vhost_new(struct lws_context *lws)
{
	/* Zeroed: libwebsockets sends no pings of its own, which would wake the daemon. */
	static const lws_retry_bo_t no_pings;
	static const struct lws_protocols protocols[] = {
		{
			.name = HANDSHAKE_SUBPROTOCOL,
			.callback = ws_on_lws,
			.per_session_data_size = sizeof(struct ws_client *),
			.rx_buffer_size = WS_RX_CHUNK,
			.tx_packet_size = WS_TX_CHUNK,
		},
		{0},
	};
	struct lws_context_creation_info info = {
		/*
		 * Must differ from the loop's port, or requests would be assigned to its
		 * vhost by their Host.
		 */
		.port = CONTEXT_PORT_NO_LISTEN,
		.vhost_name = "ws",
		.protocols = protocols,
		.retry_and_idle_policy = &no_pings,
		.timeout_secs_ah_idle = WS_HANDSHAKE_SECS,
	};

	return lws_create_vhost(lws, &info);
}

int ws_server_new(struct ws_server **server, struct loop *loop, uint16_t port,
	struct socket_activation *activated, const struct ws_callbacks *callbacks, void *userdata, char **why)
{
	struct ws_server *new = mem_new(struct ws_server);
	int r;

	new->callbacks = callbacks;
	new->userdata = userdata;
	r = listener_new(&new->listener, loop, port, activated, on_accept, new, why);
	if (r < 0) {
		free(new);
		return r;
	}
	new->port = listener_port(new->listener);
	new->vhost = ws_vhost_new(loop_lws_context(loop));
	if (!new->vhost) {
		listener_free(new->listener);
		free(new);
		*why = mem_strdup(strerror(ENOMEM));
		return -ENOMEM;
	}
	ws_clients_init(&new->clients, loop);
	openings_init(&new->openings, loop, on_opened, new);
	*server = new;
	return 0;
}

void ws_server_free(struct ws_server *server)
{
	struct ws_client *client;

	if (!server || server->ended) {
		return;
	}
	server->ended = true;
	listener_free(mem_steal(server->listener));
	openings_deinit(&server->openings);
	while ((client = TAILQ_FIRST(&server->clients.all))) {
		struct lws *wsi = ws_client_wsi(client);
		struct ws_client **slot = lws_wsi_user(wsi);

		ws_client_flush(client, WS_GOING_AWAY);
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		on_closed(server, slot);
	}
	ws_clients_deinit(&server->clients);
	server_unref(server);
}

uint16_t ws_server_port(const struct ws_server *server)
{
	return server->port;
}

const char *ws_server_missing(const struct ws_server *server)
{
	return listener_missing(server->listener);
}

bool ws_server_retry(struct ws_server *server)
{
	return listener_retry(server->listener);
}

const char *ws_server_refused(const struct ws_server *server)
{
	return server->openings.too_large
		? "the request of a browser was larger than 1 MiB, and was "
		  "refused: " OPENING_TOO_LARGE
		: NULL;
}

const char *ws_client_origin(const struct ws_client *client)
{
	const struct connection *connection = lws_get_opaque_user_data(ws_client_wsi(client));

	return connection->origin;
}
