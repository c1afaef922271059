/* SPDX-License-Identifier: MIT */
#include "util/netlink.h"

#include <assert.h>

static_assert(NLMSG_ALIGNTO == RTA_ALIGNTO, "messages and attributes are rounded up alike");

/* The last piece may lack its padding. */
static const void *take(struct netlink_bytes *bytes, size_t length)
{
	const void *piece = bytes->at;
	size_t step = NLMSG_ALIGN(length);

	if (step > bytes->left) {
		step = bytes->left;
	}
	bytes->at = (const char *)bytes->at + step;
	bytes->left -= step;
	return piece;
}

const struct nlmsghdr *netlink_message(struct netlink_bytes *bytes)
{
	const struct nlmsghdr *header = bytes->at;

	if (bytes->left < sizeof *header || header->nlmsg_len < sizeof *header ||
		header->nlmsg_len > bytes->left) {
		return NULL;
	}
	return take(bytes, header->nlmsg_len);
}

const struct rtattr *netlink_attribute(struct netlink_bytes *bytes)
{
	const struct rtattr *header = bytes->at;

	if (bytes->left < sizeof *header || header->rta_len < sizeof *header ||
		header->rta_len > bytes->left) {
		return NULL;
	}
	return take(bytes, header->rta_len);
}
