/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where browsers connect: the WebSocket server on the port that is currently set, or the
 * reason why there is none. An address that another program uses is tried again every few seconds,
 * and by endpoint_retry().
 */

#include "util/loop.h"
#include "websocket/ws-server.h"

struct endpoint;

/*
 * Called when the endpoint was opened, also on its second address, or when it cannot be opened for a new reason. Not called
 * by endpoint_new().
 */
typedef void endpoint_changed_fn(void *userdata);

/*
 * Takes the sockets that systemd passed to this process; if there are any, their port is
 * used, whatever the settings say. Otherwise listens on `port`, if possible. Never NULL.
 */
struct endpoint *endpoint_new(struct loop *loop, uint16_t port,
	const struct ws_callbacks *callbacks, void *of_callbacks, endpoint_changed_fn *changed,
	void *userdata);
/* Like ws_server_free(). */
void endpoint_free(struct endpoint *endpoint);

/* Logs the state; later changes are logged as they happen. */
void endpoint_log_state(const struct endpoint *endpoint);

/* The port was changed: browsers are disconnected from the old one. */
void endpoint_set_port(struct endpoint *endpoint, uint16_t port);
/*
 * If the endpoint is closed or lacks an address, tries to open it again. To be called when a browser is wanted, or when
 * something has changed.
 */
void endpoint_retry(struct endpoint *endpoint);

/*
 * The port; 0 while browsers cannot connect: then endpoint_error() says why, for display. Otherwise
 * that returns "".
 */
uint16_t endpoint_port(const struct endpoint *endpoint);
const char *endpoint_error(const struct endpoint *endpoint);
/*
 * Why this port is used, for display: the setting or savecast.socket, whether the
 * setting says something else, which address another program uses, and why the last browser could not
 * connect. The caller frees it.
 */
char *endpoint_reason(const struct endpoint *endpoint);
