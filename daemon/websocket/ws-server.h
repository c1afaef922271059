/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The WebSocket server: the connection, the limits and the close codes of
 * protocol/websocket.md. The module that uses it interprets the messages and enforces the
 * limits that depend on them (`hello` in time, tabs). The length of a message: inbox.h.
 */

#include <stddef.h>
#include <stdint.h>

#include "util/clock.h"
#include "util/loop.h"
#include "websocket/listen.h"

enum {
	WS_CONNECTIONS_MAX = SAVECAST_CONNECTIONS, /* 256; including those in their handshake */
	WS_QUEUE_BYTES_MAX = 1024 * 1024, /* waiting for one browser */
	WS_HANDSHAKE_SECS = 5,
};
/*
 * The time without progress while data waits, and the time to send the last messages and
 * the close.
 */
#define WS_STUCK_USEC (5 * CLOCK_USEC_PER_SEC)

/* Close codes. */
enum {
	WS_GOING_AWAY = 1001,
	WS_UNACCEPTABLE = 1003,
	WS_NOT_UTF8 = 1007,
	WS_POLICY = 1008,
	WS_TOO_BIG = 1009,
	WS_REPLACED = 4001,
};

struct ws_server;
struct ws_client;

/*
 * A client is opened() after its handshake, and closed() once, when the connection is gone;
 * it is valid from the first call until the second returns. No message() comes after
 * ws_client_close(). All functions below may be called from any of these, for any client.
 */
struct ws_callbacks {
	void (*opened)(struct ws_client *client, void *userdata);
	/* UTF-8, without a NUL at its end; borrowed for the call. */
	void (*message)(
		struct ws_client *client, const char *text, size_t length, void *userdata);
	void (*closed)(struct ws_client *client, void *userdata);
};

/*
 * Serves on the sockets that were passed, and takes ownership of them; without any, on the
 * loopback addresses at `port`; 0 picks one. `callbacks` must outlive the server. Returns 0;
 * or a negative errno and `why`, with each address and the reason why it cannot be used.
 */
int ws_server_new(struct ws_server **server, struct loop *loop, uint16_t port,
	struct socket_activation *activated, const struct ws_callbacks *callbacks, void *userdata, char **why);
/*
 * Sends what can be sent without waiting, closes with 1001, and calls closed() for each
 * client. loop_free() frees the last of the memory.
 */
void ws_server_free(struct ws_server *server);

uint16_t ws_server_port(const struct ws_server *server);
/* As listener_missing() and listener_retry(). */
const char *ws_server_missing(const struct ws_server *server);
bool ws_server_retry(struct ws_server *server);
/* Why the last browser that tried to connect could not, for display; NULL: it could. */
const char *ws_server_refused(const struct ws_server *server);

/*
 * Copies the text. If more than WS_QUEUE_BYTES_MAX would wait, the client is closed with
 * 1008 instead.
 */
void ws_client_send(struct ws_client *client, const char *text);
/* Closes after the waiting messages were sent; if that takes too long, cuts the connection. */
void ws_client_close(struct ws_client *client, unsigned code);

/* "moz-extension://0f2c...": which extension it is. */
const char *ws_client_origin(const struct ws_client *client);

/* Data of the module that uses the server; initially NULL. */
void ws_client_set_data(struct ws_client *client, void *data);
void *ws_client_data(const struct ws_client *client);
