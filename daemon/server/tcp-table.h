/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdatomic.h>

#include "server/listen-socket.h"
#include "server/sock-diag.h"
#include "server/upstream-trials.h"

/* The TCP connections of this machine, from their clients' end, as sock-diag.h reports them. Pure. */

enum { TCP_CONNECTIONS_MAX = 8192, TCP_PORTS = 1 << 16 };

struct tcp_connection {
	struct upstream_address to;
	struct inet_diag_sockid id;
	int family;
	uint64_t sent; /* bytes, when it was last seen */
	uint64_t received; /* bytes, by the server, once its end has ended; with FIN, one more */
	uint32_t inode; /* 0: no process has it any more */
	uint32_t listed; /* the last list that has it */
	bool ended;
	uint16_t next; /* index + 1 of another one from the same port; 0: none */
};

/*
 * The connections that this program has opened itself, for its requests: in the eyes of one search,
 * those of the others are no traffic of a proxy. Several threads may use it at once.
 */
struct tcp_own {
	atomic_uint ports[TCP_PORTS]; /* by the client's port: the server's, and when */
	atomic_uint begun, done; /* how many it has tried to open, and has opened or failed to */
};
/* It was opened or closed now. It stays known for as long as the kernel remembers it. */
void tcp_own_add(struct tcp_own *own, uint16_t client_port, uint16_t server_port, uint64_t now_usec);

enum tcp_listens { TCP_UNUSED, TCP_OTHERS, TCP_OWN };

struct tcp_table {
	/* the server whose clients are left out: its sockets and port */
	struct listen_socket proxy[LISTEN_SOCKETS_MAX];
	size_t proxy_count;
	uint16_t proxy_port;
	const struct tcp_own *own; /* these are left out, too */
	uint64_t now_usec; /* set by the caller */
	uint8_t listens[TCP_PORTS]; /* whose socket, an enum tcp_listens; set by the caller */
	uint16_t first[TCP_PORTS]; /* index + 1 of the first connection from this port */
	struct tcp_connection connections[TCP_CONNECTIONS_MAX];
	size_t count;
};

/* Leaves it without connections and listening sockets. */
void tcp_table_clear(struct tcp_table *table);

/*
 * The server's end of a connection, from either end of it. False if that is the proxy, if the client
 * is this program, or if nothing listens there any more.
 */
bool tcp_table_server_end(const struct tcp_table *table, const struct inet_diag_msg *message,
	struct upstream_address *server, uint16_t *client_port);

/* The latest one; NULL if there is none. */
struct tcp_connection *tcp_table_find(
	struct tcp_table *table, uint16_t client_port, const struct upstream_address *to);
/* NULL if there is no room. */
struct tcp_connection *tcp_table_add(struct tcp_table *table, const struct inet_diag_msg *message,
	uint16_t client_port, const struct upstream_address *to);

/*
 * Whether a message about a client's end with this inode is about this connection, not about a later
 * one from the same port. `ended`: it says that the end has ended, and has no inode then; the report
 * about the server's end can come before it.
 */
bool tcp_connection_is(const struct tcp_connection *one, uint32_t inode, bool ended);

/*
 * The server's end of a connection that was never made, because nothing listens there, from a message
 * that its client's end has ended. After a call that blocked, the kernel has forgotten the server's
 * end: then the port is 0.
 */
bool tcp_table_refused(const struct tcp_table *table, const struct nlmsghdr *header,
	struct upstream_address *server);

/* Whether this program has opened it. */
bool tcp_table_is_own(const struct tcp_table *table, uint16_t client_port, uint16_t server_port);

/* False if the connection has ended, so that they are no longer known. */
bool tcp_bytes(const struct nlmsghdr *header, uint64_t *sent, uint64_t *received);
/*
 * Of the one that asks: whether it still waits for an answer. The kernel counts in steps of up to 10 ms, so
 * if both came in the same step, that is not known.
 */
enum tcp_waits { TCP_WAITS_NOT, TCP_WAITS_PERHAPS, TCP_WAITS };
/* `client`: the message is about its end, not about the server's. */
enum tcp_waits tcp_waits_of(const struct nlmsghdr *header, bool client);
/*
 * Records what the server has received, if the message is about its end of a connection, which has
 * ended. A client that resets its connection, as HAProxy does, loses its own counters with that.
 * `before`: before the trial, so what was sent is no part of it. False if there is no room.
 */
bool tcp_table_server_ended(struct tcp_table *table, const struct nlmsghdr *header, bool before);
