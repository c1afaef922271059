/* SPDX-License-Identifier: MIT */
#pragma once

/* What the kernel answers on a netlink socket, piece by piece. Pure. */

#include <stddef.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/* Bytes still to be read. `at` is aligned as a struct nlmsghdr is, and stays so. */
struct netlink_bytes {
	const void *at;
	size_t left;
};

/* The next message, or the next attribute of one; NULL if none is there as long as it says to be. */
const struct nlmsghdr *netlink_message(struct netlink_bytes *bytes);
const struct rtattr *netlink_attribute(struct netlink_bytes *bytes);
