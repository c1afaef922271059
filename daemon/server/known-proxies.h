/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "server/upstream.h"

/*
 * The servers that were seen to pass requests on, by their program, arguments and folder (server_main's
 * key), and to which other servers. Stays known after the process has ended: it may be started again
 * while the servers behind it do not run, and then nothing shows what it is. Pure.
 */

enum { KNOWN_PROXIES_MAX = 64 }; /* a further one replaces the one that was seen first */

struct known_proxy {
	char *key;
	struct upstream_end
		ends[UPSTREAM_ENDS_MAX]; /* the latest first; a further one replaces the last */
	unsigned count;
};

struct known_proxies {
	struct known_proxy items[KNOWN_PROXIES_MAX]; /* the one that was seen last is at the end */
	size_t count;
};

void known_proxies_clear(struct known_proxies *known);
void known_proxies_note(
	struct known_proxies *known, const char *key, const struct upstream_end *end);
/* Borrowed until the next change; NULL if it was not seen to pass a request on. */
const struct known_proxy *known_proxies_find(const struct known_proxies *known, const char *key);
