/* SPDX-License-Identifier: MIT */
#include "server/tcp-table.h"

#include <linux/tcp.h>
#include <string.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/netlink.h"

void tcp_table_clear(struct tcp_table *table)
{
	memset(table->listens, 0, sizeof table->listens);
	memset(table->first, 0, sizeof table->first);
	table->count = 0;
}

enum { /* in seconds */
	REMEMBERED = 61, /* as long as the kernel remembers one that has ended; rounded */
	AHEAD = 8, /* more than a trial lasts */
};

static uint16_t seconds_of(uint64_t usec)
{
	return (uint16_t)(usec / CLOCK_USEC_PER_SEC);
}

void tcp_own_add(struct tcp_own *own, uint16_t client_port, uint16_t server_port, uint64_t now_usec)
{
	atomic_store_explicit(&own->ports[client_port],
		(unsigned)server_port << 16 | seconds_of(now_usec), memory_order_relaxed);
}

bool tcp_table_is_own(const struct tcp_table *table, uint16_t client_port, uint16_t server_port)
{
	unsigned one = atomic_load_explicit(&table->own->ports[client_port], memory_order_relaxed);
	/* Another thread can have added it after this table's time. */
	uint16_t age = (uint16_t)(seconds_of(table->now_usec) + AHEAD - one);

	return one >> 16 == server_port && age <= REMEMBERED + AHEAD;
}

static struct upstream_address address_of(int family, const void *ip, uint16_t port)
{
	struct upstream_address address = {.v6 = family == AF_INET6, .port = port};

	memcpy(&address.ip, ip, address.v6 ? 16 : 4);
	if (address.v6 && IN6_IS_ADDR_V4MAPPED(&address.ip)) {
		uint8_t v4[4];

		memcpy(v4, &address.ip.s6_addr[12], sizeof v4);
		address.v6 = false;
		memset(&address.ip, 0, sizeof address.ip);
		memcpy(&address.ip, v4, sizeof v4);
	}
	return address;
}

static bool is_proxy(const struct tcp_table *table, const struct upstream_address *to)
{
	for (size_t i = 0; to->port == table->proxy_port && i < table->proxy_count; i++) {
		const struct listen_socket *socket = &table->proxy[i];
		static const struct in6_addr any;
		size_t length = socket->v6 ? 16 : 4;

		if (memcmp(&socket->address, &any, length) == 0 ||
			(socket->v6 == to->v6 && memcmp(&socket->address, &to->ip, length) == 0)) {
			return true;
		}
	}
	return false;
}

static bool is_loopback(const struct upstream_address *address)
{
	return address->v6 ? IN6_IS_ADDR_LOOPBACK(&address->ip) : address->ip.s6_addr[0] == 127;
}

bool tcp_table_server_end(const struct tcp_table *table, const struct inet_diag_msg *message,
	struct upstream_address *server, uint16_t *client_port)
{
	bool is_server = table->listens[ntohs(message->id.idiag_sport)] != TCP_UNUSED;

	*server = address_of(message->idiag_family,
		is_server ? message->id.idiag_src : message->id.idiag_dst,
		ntohs(is_server ? message->id.idiag_sport : message->id.idiag_dport));
	*client_port = ntohs(is_server ? message->id.idiag_dport : message->id.idiag_sport);
	return !is_proxy(table, server) && !tcp_table_is_own(table, *client_port, server->port) &&
		(table->listens[server->port] != TCP_UNUSED || !is_loopback(server));
}

struct tcp_connection *tcp_table_find(
	struct tcp_table *table, uint16_t client_port, const struct upstream_address *to)
{
	for (size_t i = table->first[client_port]; i; i = table->connections[i - 1].next) {
		struct tcp_connection *one = &table->connections[i - 1];

		if (memcmp(&one->to, to, sizeof *to) == 0) {
			return one;
		}
	}
	return NULL;
}

struct tcp_connection *tcp_table_add(struct tcp_table *table, const struct inet_diag_msg *message,
	uint16_t client_port, const struct upstream_address *to)
{
	struct tcp_connection *one;

	if (table->count == TCP_CONNECTIONS_MAX) {
		return NULL;
	}
	one = &table->connections[table->count++];
	*one = (struct tcp_connection){
		.id = message->id,
		.family = message->idiag_family,
		.next = table->first[client_port],
	};
	one->to = *to;
	table->first[client_port] = (uint16_t)table->count;
	return one;
}

bool tcp_connection_is(const struct tcp_connection *one, uint32_t inode, bool ended)
{
	return (!one->ended && !one->received) || (inode && inode == one->inode) ||
		(ended && one->received);
}

/* False if there is none, because the connection has ended. */
static bool info_of(const struct nlmsghdr *header, struct tcp_info *info)
{
	struct netlink_bytes rest = sock_diag_attributes(header);
	const struct rtattr *attribute;

	*info = (struct tcp_info){0};
	while ((attribute = netlink_attribute(&rest))) {
		size_t length = RTA_PAYLOAD(attribute);

		if (attribute->rta_type == INET_DIAG_INFO) {
			memcpy(info, RTA_DATA(attribute),
				length < sizeof *info ? length : sizeof *info);
			return true;
		}
	}
	return false;
}

bool tcp_bytes(const struct nlmsghdr *header, uint64_t *sent, uint64_t *received)
{
	struct tcp_info info;

	if (!info_of(header, &info)) {
		return false;
	}
	*sent = info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
	*received = info.tcpi_bytes_received;
	return true;
}

enum tcp_waits tcp_waits_of(const struct nlmsghdr *header, bool client)
{
	struct tcp_info info;
	uint64_t asked, answered; /* bytes; the kernel counts the end of what was received as one */
	uint32_t since_asked, since_answered;

	if (!info_of(header, &info)) {
		return TCP_WAITS_NOT;
	}
	asked = client ? info.tcpi_bytes_sent : info.tcpi_bytes_received;
	answered = client ? info.tcpi_bytes_received : info.tcpi_bytes_sent;
	since_asked = client ? info.tcpi_last_data_sent : info.tcpi_last_data_recv;
	since_answered = client ? info.tcpi_last_data_recv : info.tcpi_last_data_sent;
	if (asked <= !client) {
		return TCP_WAITS_NOT;
	}
	if (!answered || since_asked < since_answered) {
		return TCP_WAITS;
	}
	return since_asked == since_answered ? TCP_WAITS_PERHAPS : TCP_WAITS_NOT;
}

bool tcp_table_refused(const struct tcp_table *table, const struct nlmsghdr *header,
	struct upstream_address *server)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	uint16_t client_port = ntohs(message->id.idiag_sport);
	struct tcp_info info;

	*server = address_of(
		message->idiag_family, message->id.idiag_dst, ntohs(message->id.idiag_dport));
	/* A connection that was made has at least the answer to its first packet. */
	return client_port && table->listens[client_port] == TCP_UNUSED &&
		table->listens[server->port] == TCP_UNUSED &&
		!tcp_table_is_own(table, client_port, server->port) && info_of(header, &info) &&
		!info.tcpi_bytes_acked && !info.tcpi_bytes_received &&
		(info.tcpi_segs_out || !server->port);
}

bool tcp_table_server_ended(struct tcp_table *table, const struct nlmsghdr *header, bool before)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct upstream_address to;
	struct tcp_connection *one;
	uint64_t sent, received;
	uint16_t client_port;

	if (table->listens[ntohs(message->id.idiag_sport)] == TCP_UNUSED ||
		!tcp_bytes(header, &sent, &received) ||
		!tcp_table_server_end(table, message, &to, &client_port)) {
		return true;
	}
	one = tcp_table_find(table, client_port, &to);
	one = one && !one->ended ? one : tcp_table_add(table, message, client_port, &to);
	if (!one) {
		return false;
	}
	one->received = received;
	if (before) {
		one->sent = received;
		one->ended = true;
	}
	return true;
}
