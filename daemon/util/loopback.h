/* SPDX-License-Identifier: MIT */
#pragma once

/* TCP sockets that listen on the loopback addresses and nowhere else. */

#include <stdint.h>

enum { LOOPBACK_SOCKETS_MAX = 2 }; /* 127.0.0.1 and [::1] */

/*
 * Listens on the loopback address of `family`, AF_INET or AF_INET6, without blocking
 * and closed on exec. A `port` of 0 picks a free one and is set to it. Returns the
 * descriptor, or a negative errno.
 */
int loopback_listen(int family, uint16_t *port);
