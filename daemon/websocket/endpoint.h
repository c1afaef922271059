/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The way in for browsers: the WebSocket server on the port that holds now, or why
 * there is none. A port that is taken is tried again when there is reason to,
 * without a clock: door_try() is for whoever has one.
 */

#include "util/loop.h"
#include "websocket/ws-server.h"

struct door;

/* It was opened, or could not be, for another reason than before. Not from door_new(). */
typedef void door_changed_fn(void *userdata);

/*
 * Takes the sockets that systemd gave this process; where there are some, their
 * port holds, whatever was set. Else listens on `port`, if it can. Never NULL.
 */
struct door *door_new(struct loop *loop, uint16_t port, const struct ws_callbacks *callbacks,
	void *of_callbacks, door_changed_fn *changed, void *userdata);
/* As ws_server_free(). */
void door_free(struct door *door);

/* Logs how it is; later changes are logged as they come. */
void door_say(const struct door *door);

/* Another port was set: browsers are sent away from the old one. */
void door_set_port(struct door *door, uint16_t port);
/* Tries again if it is closed: somebody needs it, or something has changed. */
void door_try(struct door *door);

/* 0 while browsers cannot connect; then why, for people, else "". */
uint16_t door_port(const struct door *door);
const char *door_error(const struct door *door);
