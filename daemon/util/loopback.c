/* SPDX-License-Identifier: MIT */
#include "util/loopback.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdalign.h>
#include <string.h>
#include <unistd.h>

#include "util/netlink.h"

/* We ask for one socket; more than a few messages in answer means that something is wrong. */
enum { PEER_ANSWERS_MAX = 8 };

struct peer_query {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

static int put_address(const struct sockaddr_storage *address, uint32_t bytes[4], uint16_t *port)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	switch (address->ss_family) {
	case AF_INET:
		memcpy(bytes, &v4->sin_addr, sizeof v4->sin_addr);
		*port = v4->sin_port;
		return 0;
	case AF_INET6:
		memcpy(bytes, &v6->sin6_addr, sizeof v6->sin6_addr);
		*port = v6->sin6_port;
		return 0;
	}
	return -EAFNOSUPPORT;
}

/* The other end's own address is that of our peer, and its destination is our address. */
static int query_init(struct peer_query *query, const struct sockaddr_storage *peer,
	const struct sockaddr_storage *self)
{
	struct inet_diag_sockid *id = &query->request.id;
	int r;

	*query = (struct peer_query){
		.header =
			{
				.nlmsg_len = sizeof *query,
				.nlmsg_type = SOCK_DIAG_BY_FAMILY,
				.nlmsg_flags = NLM_F_REQUEST,
				.nlmsg_seq = 1,
			},
		.request =
			{
				.sdiag_family = (uint8_t)peer->ss_family,
				.sdiag_protocol = IPPROTO_TCP,
				.idiag_states = UINT32_MAX,
				.id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
			},
	};
	if (peer->ss_family != self->ss_family) {
		return -EAFNOSUPPORT;
	}
	r = put_address(peer, id->idiag_src, &id->idiag_sport);
	return r < 0 ? r : put_address(self, id->idiag_dst, &id->idiag_dport);
}

/*
 * If there is no such connection, the kernel answers with a socket that listens on the
 * port; for one that is closed or half open it answers with user 0.
 */
static int answer_check(
	const struct nlmsghdr *header, const struct inet_diag_sockid *asked, struct loopback_peer *end)
{
	const struct inet_diag_msg *found = NLMSG_DATA(header);

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof *found)) {
		return -EPROTO;
	}
	end->answers_only = found->idiag_state == TCP_CLOSE_WAIT;
	if ((found->idiag_state != TCP_ESTABLISHED && !end->answers_only) ||
		found->id.idiag_sport != asked->idiag_sport ||
		found->id.idiag_dport != asked->idiag_dport) {
		return -ENOTCONN;
	}
	end->uid = found->idiag_uid;
	/* A connection that waits to be accepted does not belong to a file yet. */
	end->accepted = found->idiag_inode != 0;
	return 0;
}

static int answer_error(const struct nlmsghdr *header)
{
	const struct nlmsgerr *failed = NLMSG_DATA(header);

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof *failed) || failed->error >= 0) {
		return -EPROTO;
	}
	return failed->error == -ENOENT ? -ENOTCONN : failed->error;
}

/* 0: the answer does not contain it. */
static int answer_read(
	struct netlink_bytes answer, const struct peer_query *query, struct loopback_peer *end)
{
	const struct nlmsghdr *header;

	while ((header = netlink_message(&answer))) {
		if (header->nlmsg_seq != query->header.nlmsg_seq) {
			continue;
		}
		if (header->nlmsg_type == NLMSG_ERROR) {
			return answer_error(header);
		}
		if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY) {
			int r = answer_check(header, &query->request.id, end);

			return r < 0 ? r : 1;
		}
	}
	return 0;
}

/* The kernel answers before send() returns, so nothing here blocks. */
static int query_ask(int netlink, const struct peer_query *query, struct loopback_peer *end)
{
	if (send(netlink, query, sizeof *query, MSG_DONTWAIT) < 0) {
		return -errno;
	}
	for (int i = 0; i < PEER_ANSWERS_MAX; i++) {
		alignas(struct nlmsghdr) char bytes[4096];
		struct sockaddr_nl from = {0};
		socklen_t from_length = sizeof from;
		ssize_t n = recvfrom(netlink, bytes, sizeof bytes, MSG_DONTWAIT,
			(struct sockaddr *)&from, &from_length);
		int r;

		if (n < 0) {
			return -errno;
		}
		if (from_length < sizeof from || from.nl_pid != 0) {
			continue; /* not from the kernel */
		}
		r = answer_read((struct netlink_bytes){bytes, (size_t)n}, query, end);
		if (r != 0) {
			return r;
		}
	}
	return -EPROTO;
}

int loopback_peer_find(const struct sockaddr_storage *peer, const struct sockaddr_storage *self,
	struct loopback_peer *end)
{
	struct peer_query query;
	int netlink, r;

	r = query_init(&query, peer, self);
	if (r < 0) {
		return r;
	}
	netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (netlink < 0) {
		return -errno;
	}
	r = query_ask(netlink, &query, end);
	close(netlink);
	return r < 0 ? r : 0;
}

int loopback_peer_uid(const struct sockaddr_storage *peer, const struct sockaddr_storage *self, uid_t *uid)
{
	struct loopback_peer end;
	int r = loopback_peer_find(peer, self, &end);

	if (r == 0 && end.answers_only) {
		return -ENOTCONN;
	}
	if (r == 0) {
		*uid = end.uid;
	}
	return r;
}

/* The longest queue: with a full one, a browser would have to send its SYN again. */
enum { LOOPBACK_BACKLOG = SOMAXCONN };

int loopback_listen(int family, uint16_t *port)
{
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(*port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	bool is_v6 = family == AF_INET6;
	void *address = is_v6 ? (void *)&v6 : &v4;
	socklen_t length = is_v6 ? sizeof v6 : sizeof v4;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, r;

	if (fd < 0) {
		return -errno;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
		(is_v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0) ||
		bind(fd, address, length) < 0 || listen(fd, LOOPBACK_BACKLOG) < 0 ||
		getsockname(fd, address, &length) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	*port = ntohs(is_v6 ? v6.sin6_port : v4.sin_port);
	return fd;
}
