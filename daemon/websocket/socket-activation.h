/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Listening sockets that were there before the daemon: systemd made them (see
 * savecast.socket) and starts the daemon when a browser connects.
 */

#include <stddef.h>
#include <stdint.h>

enum { SOCKET_ACTIVATION_MAX = 2 }; /* 127.0.0.1 and [::1] */

struct socket_activation {
	int fds[SOCKET_ACTIVATION_MAX];
	size_t count; /* 0: none were given, or none that will do */
	uint16_t port; /* of all of them */
};

/*
 * Takes what this process was given, once; its children are not given it again. What
 * is no listening TCP socket on a loopback address, or on another port than the
 * first, is closed, and a message says so: nothing else may lead into the daemon.
 */
void socket_activation_take(struct socket_activation *activated);
