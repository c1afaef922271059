/* SPDX-License-Identifier: MIT */
#pragma once

/* The kernel's answers on a netlink socket, piece by piece. Pure. */

#include <stddef.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/* Bytes still to be read. `at` always has the alignment of a struct nlmsghdr. */
struct netlink_bytes {
	const void *at;
	size_t left;
};

/*
 * The next message, or the next attribute of one; NULL if the bytes end before its stated
 * length.
 */
const struct nlmsghdr *netlink_message(struct netlink_bytes *bytes);
const struct rtattr *netlink_attribute(struct netlink_bytes *bytes);
