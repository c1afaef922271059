/* SPDX-License-Identifier: MIT */
#pragma once

#include <netinet/in.h>
#include <stddef.h>

/*
 * Names in the text of /etc/hosts, as hosts(5) says. Pure: who reads the file
 * refuses more than HOSTS_BYTES_MAX: it is searched on the loop, for each look-up of
 * such a name; a list that blocks advertisements (4 MB) does not belong there.
 */

enum { HOSTS_BYTES_MAX = 256 * 1024, HOSTS_ADDRESSES_MAX = 8 };

struct hosts_address {
	char text[INET6_ADDRSTRLEN]; /* as listen_socket_takes() wants it */
};

/*
 * The loopback addresses (127/8, ::1) that the text gives to `name` (lower case, as
 * url_parse() gives it), at most HOSTS_ADDRESSES_MAX. Returns how many; 0 also if
 * the name has another address first: then it is not on this machine.
 */
size_t hosts_loopback(const char *text, const char *name, struct hosts_address *addresses);
