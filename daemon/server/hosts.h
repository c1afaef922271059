/* SPDX-License-Identifier: MIT */
#pragma once

#include <netinet/in.h>
#include <stddef.h>

#include "util/loop.h"

/*
 * /etc/hosts, see hosts(5). hosts_file_text() refuses files larger than HOSTS_BYTES_MAX, such as
 * lists that block advertisements (4 MB): each look-up searches the whole text on the loop's
 * thread.
 */

enum { HOSTS_BYTES_MAX = 256 * 1024, HOSTS_ADDRESSES_MAX = 8 };

struct hosts_address {
	char text[INET6_ADDRSTRLEN]; /* in the form that listen_socket_takes() expects */
};

/*
 * Pure: the loopback addresses (127/8, ::1) of `name` in the text, at most HOSTS_ADDRESSES_MAX.
 * `name` is in lower case, as url_parse() returns it. Returns how many; 0 also if the name
 * has another address before them: then it is not on this machine.
 */
size_t hosts_loopback(const char *text, const char *name, struct hosts_address *addresses);

/* The file: read at the first call and again after a change, not watched before that. */
struct hosts_file;

/* The text may have changed. */
typedef void hosts_changed_fn(void *userdata);

struct hosts_file *hosts_file_new(struct loop *loop, hosts_changed_fn *changed, void *userdata);
void hosts_file_free(struct hosts_file *hosts);

/*
 * Borrowed until the loop runs again. If the file cannot be read: "" and a constant text
 * that says why.
 */
const char *hosts_file_text(struct hosts_file *hosts, const char **why);
