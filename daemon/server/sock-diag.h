/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>

#include "util/netlink.h"

/*
 * Lists TCP and Unix sockets of this machine, of all users, as the kernel's sock_diag knows them.
 * Needs no privileges, and takes microseconds for each socket.
 */

struct sock_diag {
	int fd;
	uint32_t sequence; /* of the last question */
};

struct sock_diag_question {
	uint32_t states; /* bits: 1 << state of tcp(7) */
	uint16_t port; /* of the socket's own end; 0: any */
	bool info; /* with INET_DIAG_INFO */
};

/* Returns 0 or a negative errno. */
int sock_diag_open(struct sock_diag *diag);
void sock_diag_close(struct sock_diag *diag);

/* `header` is a whole struct inet_diag_msg with its attributes. */
typedef void sock_diag_fn(const struct nlmsghdr *header, void *userdata);
/* Calls the function for each socket, of IPv4 and IPv6. Returns 0 or a negative errno; blocks for at most 200 ms. */
int sock_diag_list(struct sock_diag *diag, const struct sock_diag_question *question,
	sock_diag_fn *each, void *userdata);
/*
 * Calls the function for the one socket with this id, as a list had it, with INET_DIAG_INFO. Takes
 * microseconds, however many sockets there are.
 */
int sock_diag_get(struct sock_diag *diag, int family, const struct inet_diag_sockid *id,
	sock_diag_fn *each, void *userdata);

/* The attributes of such a message, for netlink_attribute(). */
struct netlink_bytes sock_diag_attributes(const struct nlmsghdr *header);

/* States of Unix sockets, as bits: the kernel uses those of TCP here, too. */
enum { UNIX_CONNECTED = 1 << 1, UNIX_LISTENS = 1 << 10 };

/*
 * Like sock_diag_list(), for each stream socket of the Unix family in one of these states, with its name,
 * its peer, its queue, the peers in that, and its user. `header` is a whole struct unix_diag_msg with its attributes.
 */
int sock_diag_list_unix(
	struct sock_diag *diag, uint32_t states, sock_diag_fn *each, void *userdata);
struct netlink_bytes sock_diag_unix_attributes(const struct nlmsghdr *header);

/* From then on, the kernel reports each TCP socket that ends, with INET_DIAG_INFO. */
int sock_diag_open_ended(struct sock_diag *diag);
/*
 * Calls the function for each that has ended since the last call; does not block. -ENOBUFS: the
 * kernel has dropped some.
 */
int sock_diag_read_ended(struct sock_diag *diag, sock_diag_fn *each, void *userdata);
