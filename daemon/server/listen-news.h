/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Notices that a server of this user was started on a port where none was: then one that was no proxy
 * may be one. Looks only when it is asked, which takes tens of microseconds.
 */

enum { LISTEN_NEWS_PORTS_MAX = 512 }; /* of this user; further ones are ignored */

struct listen_port {
	uint16_t port;
	uint64_t since_usec; /* at the look that noticed it; 0: at the first one */
};

/* Zeroed: nothing was looked at yet. */
struct listen_news {
	struct listen_port ports[LISTEN_NEWS_PORTS_MAX];
	size_t count;
	bool looked;
};

/* Records the ports where a server listens now. */
void listen_news_look(struct listen_news *news, uint64_t now_usec);
/* Whether one of those at the last look was noticed after that time. */
bool listen_news_since(const struct listen_news *news, uint64_t usec);
