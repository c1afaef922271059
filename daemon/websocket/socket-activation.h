/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Listening sockets that existed before the daemon: systemd opened them (see
 * savecast.socket) and starts the daemon when a browser connects.
 */

#include <stddef.h>
#include <stdint.h>

enum { SOCKET_ACTIVATION_MAX = 2 }; /* 127.0.0.1 and [::1] */

struct socket_activation {
	int fds[SOCKET_ACTIVATION_MAX];
	size_t count; /* 0: none were passed, or none that can be used */
	uint16_t port; /* of all of them */
};

/*
 * Takes the sockets that were passed to this process, once; its children do not inherit
 * them. A socket that is not a listening TCP socket on a loopback address, or that has
 * another port than the first, is closed, which is logged: no other connections may reach
 * the daemon.
 */
void socket_activation_take(struct socket_activation *activated);
