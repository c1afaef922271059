/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/server-private.h"

/*
 * What is known of the servers behind a proxy for one URL. For server-upstream.c and server-route.c
 * only.
 */

struct server_route {
	struct server *server; /* the proxy; borrowed */
	char *host, *path; /* of the URL, like the next two */
	uint16_t port;
	bool secure;
	struct upstream_search *search; /* in progress; or NULL */
	bool asked; /* it was sent a request that showed nothing: see UPSTREAM_ASKS_ONCE */
	bool known;
	uint64_t known_usec, begun_usec; /* when the last search ended, and began */
	pid_t begun_pid; /* of the server's main process then */
	struct upstream found;
	struct server
		*behind[SERVER_BEHIND_MAX]; /* references, as server_upstream() returns them */
	unsigned behind_count;
	struct server_route *next;
};

void route_free(struct server_route *route);
/* No server is behind it. */
void route_clear_behind(struct server_route *route);
/* A search has ended: records what it has found. Returns whether there is something new. */
bool route_take_result(struct server_route *route, struct upstream *found);
