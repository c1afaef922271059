/* SPDX-License-Identifier: MIT */

/*
 * Any bytes as the kernel's table of sockets, read in all ways. They come only from the
 * kernel, and later kernels may extend the table; so the only requirement is no crash.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>

static const uint8_t *next_answer;
static size_t next_length;

/* Gives the bytes once, then an error: replaces the socket. */
static ssize_t answer_give(void *to, size_t size, void *from, socklen_t *from_length)
{
	size_t n = next_length < size ? next_length : size;

	if (!next_answer) {
		return -1;
	}
	memcpy(to, next_answer, n);
	memset(from, 0, sizeof(struct sockaddr_nl));
	*from_length = sizeof(struct sockaddr_nl);
	next_answer = NULL;
	return (ssize_t)n;
}

#define recvfrom(fd, to, size, flags, from, from_length)                                           \
	answer_give(to, size, from, from_length)
#include "server/listen-socket.c"
#include "server/sock-diag.c"
#include "server/unix-peers.c"
#include "util/loopback.c"
#undef recvfrom
#include "server/tcp-table.h"

static struct tcp_own own;
static struct tcp_table table = {.own = &own};
static struct unix_search unix_search;

static void take_connection(const struct nlmsghdr *header, void *userdata)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct upstream_address to;
	uint16_t client_port;
	uint64_t sent, received;

	tcp_table_server_ended(&table, header, false);
	tcp_table_refused(&table, header, &to);
	if (tcp_bytes(header, &sent, &received) &&
		tcp_table_server_end(&table, message, &to, &client_port) &&
		!tcp_table_find(&table, client_port, &to)) {
		tcp_table_add(&table, message, client_port, &to);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_Alignas(struct nlmsghdr) uint8_t copy[4096];
	struct listen_socket found[4], listening[4];
	struct listing listing = {.listeners = found, .max = COUNT_OF(found)};
	struct sock_diag diag = {.fd = -1, .sequence = 1};
	struct sockaddr_storage v4 = {.ss_family = AF_INET};
	struct unix_listeners listeners = {
		.name = "/s", .list = listening, .max = COUNT_OF(listening)};
	struct peer_query query;
	struct loopback_peer end;

	if (size > sizeof copy) {
		return 0;
	}
	memcpy(copy, data, size);
	next_answer = data;
	next_length = size;
	diag_read(&diag, sizeof(struct inet_diag_msg), listing_take, &listing);
	assert(listing.count <= COUNT_OF(found));
	next_answer = data;
	diag_read(&diag, sizeof(struct inet_diag_msg), take_connection, &table);
	assert(table.count <= TCP_CONNECTIONS_MAX);
	next_answer = data;
	diag_read(&diag, sizeof(struct unix_diag_msg), take_stream,
		&(struct unix_each){take_unix_connection, &unix_search});
	next_answer = data;
	diag_read(&diag, sizeof(struct unix_diag_msg), take_stream,
		&(struct unix_each){take_unix_listener, &listeners});
	assert(listeners.count <= COUNT_OF(listening));
	unix_search.count = unix_search.count > CONNECTIONS_MAX - 100 ? 0 : unix_search.count;
	if (table.count > 100) {
		tcp_table_clear(&table);
	}
	if (query_init(&query, &v4, &v4) == 0) {
		answer_read((struct netlink_bytes){copy, size}, &query, &end);
	}
	return 0;
}
