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
#include "util/loop-ws.h"
#include "websocket/handshake.h"
#include "websocket/listen.h"
#include "util/log-limit.h"
#include "websocket/ws-client.h"

#define LOG_MODULE "ws"
#include "util/log.h"

enum {
	WS_RX_CHUNK = 1024,	/* a buffer of this size for each connection */
	WS_TX_CHUNK = 1 << 20,	/* else libwebsockets writes in pieces of WS_RX_CHUNK */
	WS_SEND_BUFFER = 65536, /* what the kernel may hold for one client */
	/* Below 128, where libwebsockets drops a list of subprotocols without an answer. */
	WS_HEADER_MAX = 120,
};

static_assert(WS_CONNECTIONS_MAX + 2 <= LOOP_LWS_FDS_MAX, "the loop has room for them");

/*
 * The memory belongs to the vhost, which libwebsockets 4.1 gives back only when
 * its context goes, if it has connections: ws_server_free() leaves an ended
 * server behind, whose connections are cut at the loop's next turn.
 */
struct ws_server {
	struct lws_vhost *vhost;
	struct listener *listener;
	uint16_t port;
	const struct ws_callbacks *callbacks;
	void *userdata;
	struct ws_clients clients;
	unsigned n_connections;
	bool ended;
	struct log_limit refused;
	struct log_limit full;
};

static int answer(struct lws *wsi, unsigned status)
{
	const char *phrase = status == 404 ? "Not Found" : "Forbidden";
	unsigned char text[LWS_PRE + 256];
	int n = snprintf((char *)text + LWS_PRE, sizeof text - LWS_PRE,
		"HTTP/1.1 %u %s\r\n"
		"Content-Type: text/plain\r\n"
		"Content-Length: %zu\r\n"
		"Cache-Control: no-store\r\n"
		"Connection: close\r\n"
		"\r\n"
		"savecast: %s\n",
		status, phrase, strlen("savecast: \n") + strlen(phrase), phrase);

	lws_write(wsi, text + LWS_PRE, (size_t)n, LWS_WRITE_HTTP);
	return -1; /* and hang up */
}

static const char *header(
	struct lws *wsi, enum lws_token_indexes token, char value[WS_HEADER_MAX])
{
	int length = lws_hdr_total_length(wsi, token);

	if (length <= 0) {
		return NULL;
	}
	if (lws_hdr_copy(wsi, value, WS_HEADER_MAX, token) < 0) {
		return "(too long)";
	}
	/* What a check of the text would not see. */
	return strlen(value) == (size_t)length ? value : "(holds a NUL)";
}

static int on_upgrade(struct ws_server *server, struct lws *wsi)
{
	char values[6][WS_HEADER_MAX];
	const char *upgrade = header(wsi, WSI_TOKEN_UPGRADE, values[0]);
	struct handshake handshake = {
		.path = header(wsi, WSI_TOKEN_GET_URI, values[1]),
		.host = header(wsi, WSI_TOKEN_HOST, values[2]),
		.origin = header(wsi, WSI_TOKEN_ORIGIN, values[3]),
		.subprotocols = header(wsi, WSI_TOKEN_PROTOCOL, values[4]),
		.version = header(wsi, WSI_TOKEN_VERSION, values[5]),
	};
	const char *what, *value, *why;
	char more[LOG_LIMIT_MORE_MAX];
	unsigned status;

	/* NULL: libwebsockets has refused some other upgrade already. And no h2c. */
	if (!upgrade || strcasecmp(upgrade, "websocket") != 0) {
		return upgrade ? answer(wsi, 403) : -1;
	}
	if (server->ended) {
		return -1;
	}
	status = handshake_check(&handshake, server->port, &what, &value, &why);
	if (status == 0) {
		return 0;
	}
	if (log_limit_pass(&server->refused, clock_now_usec(), more)) {
		log_info("handshake: %s: %s: %s: refused%s", what, value ? value : "missing", why,
			more);
	}
	return answer(wsi, status);
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

static int ws_on_lws(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
	struct ws_client **slot = user;
	struct ws_server *server;

	switch (reason) {
	case LWS_CALLBACK_RAW_ADOPT:
		return -1; /* after CONNECT, libwebsockets would take any bytes for ever */
	case LWS_CALLBACK_WSI_DESTROY:
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
	case LWS_CALLBACK_HTTP:
	case LWS_CALLBACK_ESTABLISHED:
		break;
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!*slot) {
			return -1;
		}
		break;
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
	case LWS_CALLBACK_CLOSED:
		if (!slot || !*slot) {
			return 0;
		}
		break;
	default:
		return 0;
	}
	/* Not the vhost's: libwebsockets moves connections between vhosts without a port. */
	server = lws_get_opaque_user_data(wsi);

	switch (reason) {
	case LWS_CALLBACK_WSI_DESTROY:
		server->n_connections--;
		break;
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return on_upgrade(server, wsi);
	case LWS_CALLBACK_HTTP:
		return answer(wsi, 403);
	case LWS_CALLBACK_ESTABLISHED:
		return on_established(server, wsi, slot);
	case LWS_CALLBACK_RECEIVE:
		return on_receive(server, slot, in, length);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return ws_client_on_writable(*slot);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		ws_client_on_peer_close(*slot);
		break;
	case LWS_CALLBACK_CLOSED:
		on_closed(server, slot);
		break;
	default:
		break;
	}
	return 0;
}

static bool on_accept(int fd, void *userdata)
{
	struct ws_server *server = userdata;
	lws_adopt_desc_t adopt = {
		.vh = server->vhost,
		.type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP,
		.fd.sockfd = fd,
		.opaque = server,
	};
	int buffer = WS_SEND_BUFFER, on = 1;
	char more[LOG_LIMIT_MORE_MAX];

	if (server->n_connections >= WS_CONNECTIONS_MAX) {
		if (log_limit_pass(&server->full, clock_now_usec(), more)) {
			log_info("connection: there are %u already: reset%s",
				server->n_connections, more);
		}
		return false;
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	server->n_connections++;
	lws_adopt_descriptor_vhost_via_info(&adopt); /* closes it if it fails */
	return true;
}

static void on_vhost_gone(struct lws_vhost *vhost, void *userdata)
{
	free(userdata);
}

static struct lws_vhost *ws_vhost_new(struct ws_server *server, struct lws_context *lws)
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
		/* Must differ from the loop's, where requests would end up else, by their Host. */
		.port = CONTEXT_PORT_NO_LISTEN,
		.vhost_name = "ws",
		.protocols = protocols,
		.retry_and_idle_policy = &no_pings,
		.timeout_secs_ah_idle = WS_HANDSHAKE_SECS,
		.finalize = on_vhost_gone,
		.finalize_arg = server,
	};

	return lws_create_vhost(lws, &info);
}

int ws_server_new(struct ws_server **server, struct loop *loop, uint16_t port,
	struct given *given, const struct ws_callbacks *callbacks, void *userdata)
{
	struct ws_server *new = mem_new(struct ws_server);
	int r;

	new->callbacks = callbacks;
	new->userdata = userdata;
	r = listener_new(&new->listener, loop, port, given, on_accept, new);
	if (r < 0) {
		free(new);
		return r;
	}
	new->port = listener_port(new->listener);
	new->vhost = ws_vhost_new(new, loop_lws_context(loop));
	if (!new->vhost) {
		listener_free(new->listener);
		free(new);
		return -ENOMEM;
	}
	ws_clients_init(&new->clients, loop);
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
	while ((client = TAILQ_FIRST(&server->clients.all))) {
		struct lws *wsi = ws_client_wsi(client);
		struct ws_client **slot = lws_wsi_user(wsi);

		ws_client_flush(client, WS_GOING_AWAY);
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		on_closed(server, slot);
	}
	ws_clients_deinit(&server->clients);
}

uint16_t ws_server_port(const struct ws_server *server)
{
	return server->port;
}
