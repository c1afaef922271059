/* SPDX-License-Identifier: MIT */
#include "server/listen-socket.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <sys/socket.h>

#include "server/sock-diag.h"
#include "server/unix-peers.h"
#include "util/mem.h"
#include "util/netlink.h"

enum { TCP_STATE_LISTEN = 10 };

struct listing {
	uint16_t port;
	struct listen_socket *listeners;
	size_t max, count;
};

static bool diag_is_v6_only(const struct nlmsghdr *header)
{
	struct netlink_bytes rest = sock_diag_attributes(header);
	const struct rtattr *attribute;

	while ((attribute = netlink_attribute(&rest))) {
		if (attribute->rta_type == INET_DIAG_SKV6ONLY && RTA_PAYLOAD(attribute) > 0) {
			return *(const uint8_t *)RTA_DATA(attribute);
		}
	}
	return false;
}

/* Java listens on 127.0.0.1 by an IPv6 socket, on ::ffff:127.0.0.1: that accepts only IPv4. */
static void unmap_v4(struct listen_socket *listener)
{
	struct in6_addr v4 = {0};

	if (listener->v6 && IN6_IS_ADDR_V4MAPPED(&listener->address)) {
		memcpy(&v4, &listener->address.s6_addr[12], sizeof(struct in_addr));
		listener->address = v4;
		listener->v6 = false;
	}
}

/* The kernel lists them in any order; those of IPv4 come first. */
static void listing_add(struct listing *listing, const struct listen_socket *listener)
{
	size_t at = listing->count++;

	for (; at > 0 && !listener->v6 && listing->listeners[at - 1].v6; at--) {
		listing->listeners[at] = listing->listeners[at - 1];
	}
	listing->listeners[at] = *listener;
}

static void listing_take(const struct nlmsghdr *header, void *userdata)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct listing *listing = userdata;
	struct listen_socket listener;

	if (listing->count == listing->max || ntohs(message->id.idiag_sport) != listing->port) {
		return;
	}
	listener = (struct listen_socket){
		.inode = message->idiag_inode,
		.uid = message->idiag_uid,
		.v6 = message->idiag_family == AF_INET6,
		.v6_only = diag_is_v6_only(header),
		.queue = message->idiag_rqueue,
	};
	memcpy(&listener.address, message->id.idiag_src, sizeof listener.address);
	unmap_v4(&listener);
	listing_add(listing, &listener);
}

int listen_sockets_on_port(uint16_t port, struct listen_socket *listeners, size_t max)
{
	struct listing listing = {.port = port, .listeners = listeners, .max = max};
	struct sock_diag diag;
	int r = sock_diag_open(&diag);

	if (r == 0) {
		r = sock_diag_list(&diag,
			&(struct sock_diag_question){
				.states = 1u << TCP_STATE_LISTEN,
				.port = port,
			},
			listing_take, &listing);
	}
	sock_diag_close(&diag);
	return r < 0 ? r : (int)listing.count;
}

bool listen_socket_takes(const struct listen_socket *listener, const char *host)
{
	static const struct in_addr any;
	struct in_addr v4, bound;
	struct in6_addr v6;

	memcpy(&bound, &listener->address, sizeof bound);
	if (inet_pton(AF_INET6, host, &v6) == 1) {
		return listener->v6 && (IN6_IS_ADDR_UNSPECIFIED(&listener->address) ||
					       IN6_ARE_ADDR_EQUAL(&listener->address, &v6));
	}
	if (inet_pton(AF_INET, host, &v4) == 1) {
		return listener->v6 ? IN6_IS_ADDR_UNSPECIFIED(&listener->address) &&
				!listener->v6_only
				    : bound.s_addr == any.s_addr || bound.s_addr == v4.s_addr;
	}
	/* For localhost and names below it, browsers connect to 127.0.0.1 or ::1. */
	return listener->v6 ? IN6_IS_ADDR_UNSPECIFIED(&listener->address) ||
			IN6_IS_ADDR_LOOPBACK(&listener->address)
			    : bound.s_addr == any.s_addr || bound.s_addr == htonl(INADDR_LOOPBACK);
}

bool listen_host_is_unix(const char *host)
{
	return host[0] == '/';
}

bool listen_host_is_name(const char *host)
{
	struct in6_addr address;

	return !listen_host_is_unix(host) && inet_pton(AF_INET, host, &address) != 1 &&
		inet_pton(AF_INET6, host, &address) != 1;
}

/* Moves the sockets that accept connections to the host to the front; returns how many. */
static size_t keep_takers(struct listen_socket *listeners, size_t count, const char *host)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (listen_socket_takes(&listeners[i], host)) {
			struct listen_socket taker = listeners[i];

			listeners[i] = listeners[kept];
			listeners[kept++] = taker;
		}
	}
	return kept;
}

size_t listen_sockets_of(const char *host, uint16_t port, enum loopback_order order,
	struct listen_socket *listeners, size_t max)
{
	static const char *const addresses[] = {
		[LOOPBACK_V6_FIRST] = "::1", [LOOPBACK_V4_FIRST] = "127.0.0.1"};
	int count;
	size_t kept = 0;

	if (listen_host_is_unix(host)) {
		return unix_peers_listening(host, listeners, max);
	}
	count = listen_sockets_on_port(port, listeners, max);
	if (count <= 0 || !listen_host_is_name(host)) {
		return count > 0 ? keep_takers(listeners, (size_t)count, host) : 0;
	}
	kept = keep_takers(listeners, (size_t)count, addresses[order]);
	return kept ? kept : keep_takers(listeners, (size_t)count, addresses[!order]);
}
