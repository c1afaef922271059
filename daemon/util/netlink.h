/* SPDX-License-Identifier: MIT */
#pragma once

/* Splits the kernel's answers on a netlink socket into messages and attributes. Pure. */

#include <stddef.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/* Bytes still to be read. `at` always has the alignment of a struct nlmsghdr. */
struct netlink_bytes {
	const void *at;
	size_t left;
};

/* The next message, or the next attribute of a message; NULL if it is longer than the bytes. */
const struct nlmsghdr *netlink_message(struct netlink_bytes *bytes);
const struct rtattr *netlink_attribute(struct netlink_bytes *bytes);
