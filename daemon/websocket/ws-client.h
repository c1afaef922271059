/* SPDX-License-Identifier: MIT */
#pragma once

/* One connection after its handshake: for ws-server.c only. */

#include <stdbool.h>
#include <sys/queue.h>

#include "websocket/ws-server.h"

struct lws;

TAILQ_HEAD(ws_client_list, ws_client);

/* The clients of one server. */
struct ws_clients {
	struct ws_client_list all;
	/*
	 * The clients that wait to send or to close, each with a deadline. All wait equally long,
	 * so adding at the end keeps the list in order.
	 */
	struct ws_client_list waiting;
	struct loop_timer *timer; /* for the first of them */
	struct loop_timer *tidy;  /* some time after a client has disconnected */
};

void ws_clients_init(struct ws_clients *clients, struct loop *loop);
void ws_clients_deinit(struct ws_clients *clients);

struct ws_client *ws_client_new(struct ws_clients *clients, struct lws *wsi);
/* The connection is gone, or no longer belongs to the client. */
void ws_client_free(struct ws_client *client);
/* Removes it from its lists, so that it is not found during closed(). */
void ws_client_unlink(struct ws_client *client);

struct lws *ws_client_wsi(const struct ws_client *client);

/* These are called from libwebsockets' callbacks. Negative: the connection must be closed. */
int ws_client_on_writable(struct ws_client *client);
void ws_client_on_peer_close(struct ws_client *client);
/*
 * Collects a message. True: it is complete, at `text`. The caller frees `owned` afterwards,
 * in any case.
 */
bool ws_client_on_data(struct ws_client *client, const char *in, size_t length,
	const char **text, size_t *text_length, char **owned);

/* To be called at the end: sends what can be sent without waiting, and the close. */
void ws_client_flush(struct ws_client *client, unsigned code);
