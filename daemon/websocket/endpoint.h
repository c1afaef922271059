/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The way in for browsers: the WebSocket server on the port that holds now, or why
 * there is none. A port that is taken is tried again every few seconds, and by endpoint_retry().
 */

#include "util/loop.h"
#include "websocket/ws-server.h"

struct endpoint;

/* It was opened, or could not be, for another reason than before. Not from endpoint_new(). */
typedef void endpoint_changed_fn(void *userdata);

/*
 * Takes the sockets that systemd gave this process; where there are some, their
 * port holds, whatever was set. Else listens on `port`, if it can. Never NULL.
 */
struct endpoint *endpoint_new(struct loop *loop, uint16_t port,
	const struct ws_callbacks *callbacks, void *of_callbacks, endpoint_changed_fn *changed,
	void *userdata);
/* As ws_server_free(). */
void endpoint_free(struct endpoint *endpoint);

/* Logs how it is; later changes are logged as they come. */
void endpoint_log_state(const struct endpoint *endpoint);

/* Another port was set: browsers are sent away from the old one. */
void endpoint_set_port(struct endpoint *endpoint, uint16_t port);
/* Tries again if it is closed: somebody needs it, or something has changed. */
void endpoint_retry(struct endpoint *endpoint);

/* 0 while browsers cannot connect; then why, for people, else "". */
uint16_t endpoint_port(const struct endpoint *endpoint);
const char *endpoint_error(const struct endpoint *endpoint);
/*
 * Why this port, for people: the setting or savecast.socket, and then whether the setting
 * says something else. The caller frees it.
 */
char *endpoint_reason(const struct endpoint *endpoint);
