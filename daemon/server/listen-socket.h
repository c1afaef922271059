/* SPDX-License-Identifier: MIT */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Listening TCP sockets of this machine, as the kernel's sock_diag knows them:
 * unprivileged, and for every user. Tens of microseconds.
 */

enum { LISTEN_SOCKETS_MAX = 64 }; /* on one port: addresses and SO_REUSEPORT copies */

struct listen_socket {
	uint32_t inode;
	uid_t uid;
	bool v6;
	bool v6_only;		 /* [::] does not take IPv4 too */
	struct in6_addr address; /* v4 in the first four bytes */
	uint32_t queue;	 /* connections that wait to be accepted */
};

/* Returns how many listen on this port, at most `max`, or a negative errno. */
int listen_sockets_on_port(uint16_t port, struct listen_socket *listeners, size_t max);

/* Which loopback address of a name is tried first: 127.0.0.1 or ::1, as the browser has it. */
enum loopback_order { LOOPBACK_V6_FIRST, LOOPBACK_V4_FIRST };

/* Pure: whether it is no address, but a name for both loopback addresses. */
bool listen_host_is_name(const char *host);

/*
 * The same, of those alone to which a connection to this host arrives; 0 if that is
 * not known. For a name those of the address that is tried first and has any.
 */
size_t listen_sockets_of(const char *host, uint16_t port, enum loopback_order order,
	struct listen_socket *listeners, size_t max);

/*
 * Pure: whether a connection to this host (as url_parse() gives it, loopback)
 * can arrive at the listener.
 */
bool listen_socket_takes(const struct listen_socket *listener, const char *host);
