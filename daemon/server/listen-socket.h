/* SPDX-License-Identifier: MIT */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The listening sockets of this machine, of all users: TCP, and Unix sockets in the file system. The
 * kernel's sock_diag lists them without privileges, in tens of microseconds.
 */

enum { LISTEN_SOCKETS_MAX = 64 }; /* on one port: addresses and SO_REUSEPORT copies */

struct listen_socket {
	uint32_t inode;
	uid_t uid;
	bool v6;
	bool v6_only;		 /* if it is [::], it does not accept IPv4 */
	struct in6_addr address; /* an IPv4 address is in the first four bytes */
	uint32_t queue;	 /* connections that wait to be accepted */
};

/* Returns how many sockets listen on this port, at most `max`, or a negative errno. */
int listen_sockets_on_port(uint16_t port, struct listen_socket *listeners, size_t max);

/* Which loopback address of a name the browser tries first: 127.0.0.1 or ::1. */
enum loopback_order { LOOPBACK_V6_FIRST, LOOPBACK_V4_FIRST };

/* Whether the host is the path of a Unix socket; its port is 0. Pure. */
bool listen_host_is_unix(const char *host);
/* Whether the host is a name for both loopback addresses, and not an address. Pure. */
bool listen_host_is_name(const char *host);

/*
 * Like listen_sockets_on_port(), but only the sockets that a connection to this host
 * reaches; 0 if that is not known. For a name: those of the first address in `order` that has
 * any.
 */
size_t listen_sockets_of(const char *host, uint16_t port, enum loopback_order order,
	struct listen_socket *listeners, size_t max);

/*
 * Whether a connection to this host (loopback, as url_parse() returns it) can reach the
 * listener. Pure.
 */
bool listen_socket_takes(const struct listen_socket *listener, const char *host);
