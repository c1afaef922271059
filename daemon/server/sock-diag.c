/* SPDX-License-Identifier: MIT */
#include "server/sock-diag.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/netlink.h"

enum {
	DIAG_ANSWER_MAX = 32 * 1024,
	DIAG_GET_MAX = 4096, /* of one socket */
	DIAG_ENDED_BYTES = 1 << 20, /* of reports that wait to be read; the kernel may allow less */
};

/*
 * The older form of the request is the one that lists both families. The kernel looks at its whole
 * table for each list, which takes tens of microseconds however few sockets there are.
 */
struct diag_request {
	struct nlmsghdr header;
	struct inet_diag_req request;
	struct nlattr attribute;
	struct inet_diag_bc_op code[4];
};

int sock_diag_open(struct sock_diag *diag)
{
	/* The kernel answers during the call; the limit is there in case it does not. */
	struct timeval limit = {.tv_usec = 200000};

	*diag = (struct sock_diag){
		.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG),
	};
	if (diag->fd < 0) {
		return -errno;
	}
	setsockopt(diag->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return 0;
}

void sock_diag_close(struct sock_diag *diag)
{
	if (diag->fd >= 0) {
		close(diag->fd);
	}
}

static int diag_ask(const struct sock_diag *diag, const struct sock_diag_question *question)
{
	struct diag_request ask = {
		.header =
			{
				.nlmsg_len = sizeof ask,
				.nlmsg_type = TCPDIAG_GETSOCK,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
				.nlmsg_seq = diag->sequence,
			},
		.request =
			{
				.idiag_states = question->states,
				.idiag_ext = question->info ? 1u << (INET_DIAG_INFO - 1) : 0,
			},
		.attribute =
			{
				.nla_len = sizeof ask.attribute + sizeof ask.code,
				.nla_type = INET_DIAG_REQ_BYTECODE,
			},
		/* Each test takes its port from the op after it; "no" jumps past the end. */
		.code =
			{
				{INET_DIAG_BC_S_GE, 8, 20},
				{0, 0, question->port},
				{INET_DIAG_BC_S_LE, 8, 12},
				{0, 0, question->port ? question->port : UINT16_MAX},
			},
	};

	return send(diag->fd, &ask, sizeof ask, 0) < 0 ? -errno : 0;
}

static int diag_error(const struct nlmsghdr *header)
{
	const struct nlmsgerr *failed = NLMSG_DATA(header);

	return header->nlmsg_len >= NLMSG_LENGTH(sizeof *failed) && failed->error < 0
		? failed->error
		: -EPROTO;
}

/* Takes one datagram of the kernel; 1: the list is complete. `least`: the size of its messages. */
static int diag_take(struct netlink_bytes rest, uint32_t sequence, size_t least, sock_diag_fn *each,
	void *userdata)
{
	const struct nlmsghdr *h;

	while ((h = netlink_message(&rest))) {
		if (h->nlmsg_seq != sequence) {
			continue;
		}
		if (h->nlmsg_type == NLMSG_DONE) {
			return 1;
		}
		if (h->nlmsg_type == NLMSG_ERROR) {
			return diag_error(h);
		}
		if (h->nlmsg_len >= NLMSG_LENGTH(least)) {
			each(h, userdata);
		}
	}
	return 0;
}

/* Reads answers until the list is complete. */
static int diag_read(
	const struct sock_diag *diag, size_t least, sock_diag_fn *each, void *userdata)
{
	_Alignas(struct nlmsghdr) char answer[DIAG_ANSWER_MAX];
	int r = 0;

	while (r == 0) {
		struct sockaddr_nl from = {0};
		socklen_t from_length = sizeof from;
		ssize_t n =
			recvfrom(diag->fd, answer, sizeof answer, 0, (void *)&from, &from_length);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		if (from_length < sizeof from || from.nl_pid != 0) {
			continue; /* not from the kernel */
		}
		r = diag_take((struct netlink_bytes){answer, (size_t)n}, diag->sequence, least, each,
			userdata);
	}
	return r < 0 ? r : 0;
}

struct get_request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

int sock_diag_get(struct sock_diag *diag, int family, const struct inet_diag_sockid *id,
	sock_diag_fn *each, void *userdata)
{
	struct get_request ask = {
		.header =
			{
				.nlmsg_len = sizeof ask,
				.nlmsg_type = SOCK_DIAG_BY_FAMILY,
				.nlmsg_flags = NLM_F_REQUEST,
				.nlmsg_seq = ++diag->sequence,
			},
		.request =
			{
				.sdiag_family = (uint8_t)family,
				.sdiag_protocol = IPPROTO_TCP,
				.idiag_ext = 1u << (INET_DIAG_INFO - 1),
				.idiag_states = UINT32_MAX,
				.id = *id,
			},
	};
	_Alignas(struct nlmsghdr) char answer[DIAG_GET_MAX];
	ssize_t n;

	if (send(diag->fd, &ask, sizeof ask, 0) < 0) {
		return -errno;
	}
	n = recv(diag->fd, answer, sizeof answer, 0);
	return n < 0 ? -errno
		     : diag_take((struct netlink_bytes){answer, (size_t)n}, diag->sequence,
			       sizeof(struct inet_diag_msg), each, userdata);
}

int sock_diag_open_ended(struct sock_diag *diag)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1u << (SKNLGRP_INET_TCP_DESTROY - 1) |
			1u << (SKNLGRP_INET6_TCP_DESTROY - 1),
	};
	int size = DIAG_ENDED_BYTES;
	int r = sock_diag_open(diag);

	if (r < 0) {
		return r;
	}
	setsockopt(diag->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	if (bind(diag->fd, (struct sockaddr *)&address, sizeof address) < 0) {
		r = -errno;
		close(diag->fd);
		diag->fd = -1;
	}
	return r;
}

int sock_diag_read_ended(struct sock_diag *diag, sock_diag_fn *each, void *userdata)
{
	_Alignas(struct nlmsghdr) char event[DIAG_GET_MAX];

	for (;;) {
		ssize_t n = recv(diag->fd, event, sizeof event, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return errno == EAGAIN ? 0 : -errno;
		}
		/* The kernel alone can send to these groups; its reports have no sequence. */
		diag_take((struct netlink_bytes){event, (size_t)n}, 0, sizeof(struct inet_diag_msg),
			each, userdata);
	}
}

int sock_diag_list(struct sock_diag *diag, const struct sock_diag_question *question,
	sock_diag_fn *each, void *userdata)
{
	int r;

	diag->sequence++;
	r = diag_ask(diag, question);
	return r < 0 ? r : diag_read(diag, sizeof(struct inet_diag_msg), each, userdata);
}

struct netlink_bytes sock_diag_attributes(const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);

	return (struct netlink_bytes){
		.at = message + 1,
		.left = header->nlmsg_len - NLMSG_LENGTH(sizeof *message),
	};
}

struct unix_request {
	struct nlmsghdr header;
	struct unix_diag_req request;
};

struct unix_each {
	sock_diag_fn *each;
	void *userdata;
};

static void take_stream(const struct nlmsghdr *header, void *userdata)
{
	const struct unix_diag_msg *message = NLMSG_DATA(header);
	const struct unix_each *of = userdata;

	if (message->udiag_type == SOCK_STREAM) {
		of->each(header, of->userdata);
	}
}

int sock_diag_list_unix(struct sock_diag *diag, uint32_t states, sock_diag_fn *each, void *userdata)
{
	struct unix_request ask = {
		.header =
			{
				.nlmsg_len = sizeof ask,
				.nlmsg_type = SOCK_DIAG_BY_FAMILY,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
				.nlmsg_seq = ++diag->sequence,
			},
		.request =
			{
				.sdiag_family = AF_UNIX,
				.udiag_states = states,
				.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN |
					UDIAG_SHOW_UID | UDIAG_SHOW_ICONS | UDIAG_SHOW_VFS,
			},
	};

	return send(diag->fd, &ask, sizeof ask, 0) < 0 ? -errno
		: diag_read(diag, sizeof(struct unix_diag_msg), take_stream,
			&(struct unix_each){each, userdata});
}

struct netlink_bytes sock_diag_unix_attributes(const struct nlmsghdr *header)
{
	const struct unix_diag_msg *message = NLMSG_DATA(header);

	return (struct netlink_bytes){
		.at = message + 1,
		.left = header->nlmsg_len - NLMSG_LENGTH(sizeof *message),
	};
}
