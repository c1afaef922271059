/* SPDX-License-Identifier: MIT */
#include "server/listen-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/netlink.h"

enum { TCP_STATE_LISTEN = 10, DIAG_ANSWER_MAX = 32 * 1024 };

struct diag_request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
	struct nlattr attribute;
	struct inet_diag_bc_op code[4];
};

static int diag_open(void)
{
	/* The kernel answers during the call; the limit is there in case it does not. */
	struct timeval limit = {.tv_usec = 200000};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0) {
		return -errno;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return fd;
}

static int diag_ask(int fd, int family, uint16_t port, uint32_t sequence)
{
	struct diag_request ask = {
		.header = {
			.nlmsg_len = sizeof ask,
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			.nlmsg_seq = sequence,
		},
		.request = {
			.sdiag_family = (uint8_t)family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = 1u << TCP_STATE_LISTEN,
		},
		.attribute = {
			.nla_len = sizeof ask.attribute + sizeof ask.code,
			.nla_type = INET_DIAG_REQ_BYTECODE,
		},
		/* Each test takes its port from the op after it; "no" jumps past the end. */
		.code = {
			{INET_DIAG_BC_S_GE, 8, 20},
			{0, 0, port},
			{INET_DIAG_BC_S_LE, 8, 12},
			{0, 0, port},
		},
	};

	return send(fd, &ask, sizeof ask, 0) < 0 ? -errno : 0;
}

static bool diag_is_v6_only(const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct netlink_bytes rest = {
		.at = message + 1,
		.left = header->nlmsg_len - NLMSG_LENGTH(sizeof *message),
	};
	const struct rtattr *attribute;

	while ((attribute = netlink_attribute(&rest))) {
		if (attribute->rta_type == INET_DIAG_SKV6ONLY && RTA_PAYLOAD(attribute) > 0) {
			return *(const uint8_t *)RTA_DATA(attribute);
		}
	}
	return false;
}

static void diag_take(const struct nlmsghdr *header, struct listen_socket *listener)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);

	*listener = (struct listen_socket){
		.inode = message->idiag_inode,
		.uid = message->idiag_uid,
		.v6 = message->idiag_family == AF_INET6,
		.v6_only = diag_is_v6_only(header),
		.queue = message->idiag_rqueue,
	};
	memcpy(&listener->address, message->id.idiag_src, sizeof listener->address);
}

static int diag_error(const struct nlmsghdr *header)
{
	const struct nlmsgerr *failed = NLMSG_DATA(header);

	return header->nlmsg_len >= NLMSG_LENGTH(sizeof *failed) && failed->error < 0 ? failed->error
										      : -EPROTO;
}

/* Reads answers until the dump is complete; returns the new count. */
static int diag_read(int fd, uint16_t port, uint32_t sequence, struct listen_socket *listeners,
	size_t max, size_t count)
{
	_Alignas(struct nlmsghdr) char answer[DIAG_ANSWER_MAX];

	for (;;) {
		struct sockaddr_nl from = {0};
		socklen_t from_length = sizeof from;
		struct netlink_bytes rest;
		const struct nlmsghdr *h;
		ssize_t n = recvfrom(fd, answer, sizeof answer, 0, (void *)&from, &from_length);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		if (from_length < sizeof from || from.nl_pid != 0) {
			continue; /* not from the kernel */
		}
		rest = (struct netlink_bytes){answer, (size_t)n};
		while ((h = netlink_message(&rest))) {
			const struct inet_diag_msg *message = NLMSG_DATA(h);

			if (h->nlmsg_seq != sequence) {
				continue;
			}
			if (h->nlmsg_type == NLMSG_DONE) {
				return (int)count;
			}
			if (h->nlmsg_type == NLMSG_ERROR) {
				return diag_error(h);
			}
			if (h->nlmsg_len >= NLMSG_LENGTH(sizeof *message) && count < max &&
				ntohs(message->id.idiag_sport) == port) {
				diag_take(h, &listeners[count++]);
			}
		}
	}
}

int listen_sockets_on_port(uint16_t port, struct listen_socket *listeners, size_t max)
{
	static const int families[] = {AF_INET, AF_INET6};
	int count = 0;
	int fd = diag_open();

	if (fd < 0) {
		return fd;
	}
	for (uint32_t i = 0; i < COUNT_OF(families) && count >= 0; i++) {
		int r = diag_ask(fd, families[i], port, i + 1);

		count = r < 0 ? r : diag_read(fd, port, i + 1, listeners, max, (size_t)count);
	}
	close(fd);
	return count;
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

bool listen_host_is_name(const char *host)
{
	struct in6_addr address;

	return inet_pton(AF_INET, host, &address) != 1 && inet_pton(AF_INET6, host, &address) != 1;
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
	int count = listen_sockets_on_port(port, listeners, max);
	size_t kept = 0;

	if (count <= 0 || !listen_host_is_name(host)) {
		return count > 0 ? keep_takers(listeners, (size_t)count, host) : 0;
	}
	kept = keep_takers(listeners, (size_t)count, addresses[order]);
	return kept ? kept : keep_takers(listeners, (size_t)count, addresses[!order]);
}
