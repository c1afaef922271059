/* SPDX-License-Identifier: MIT */
#pragma once

#include <netinet/in.h>
#include <stddef.h>

/*
 * Finds names in the text of /etc/hosts, see hosts(5). Pure. The caller refuses files larger
 * than HOSTS_BYTES_MAX, such as lists that block advertisements (4 MB): each look-up searches
 * the whole text on the loop's thread.
 */

enum { HOSTS_BYTES_MAX = 256 * 1024, HOSTS_ADDRESSES_MAX = 8 };

struct hosts_address {
	char text[INET6_ADDRSTRLEN]; /* in the form that listen_socket_takes() expects */
};

/*
 * The loopback addresses (127/8, ::1) of `name` in the text, at most HOSTS_ADDRESSES_MAX.
 * `name` is in lower case, as url_parse() returns it. Returns how many; 0 also if the name
 * has another address before them: then it is not on this machine.
 */
size_t hosts_loopback(const char *text, const char *name, struct hosts_address *addresses);
