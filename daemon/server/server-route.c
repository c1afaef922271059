/* SPDX-License-Identifier: MIT */
#include "server/server-route.h"

#include "util/clock.h"
#include "util/mem.h"

void route_clear_behind(struct server_route *route)
{
	for (unsigned i = 0; i < route->behind_count; i++) {
		server_unref(route->behind[i]);
		route->behind[i] = NULL;
	}
	route->behind_count = 0;
	route->found = (struct upstream){0};
}

void route_free(struct server_route *route)
{
	upstream_search_cancel(route->search);
	route_clear_behind(route);
	free(route->host);
	free(route->path);
	free(route);
}

/* The new references come first, so that a server that stays the same is not freed. */
static void route_take(struct server_route *route, const struct upstream *found)
{
	struct servers *servers = route->server->servers;
	struct server *behind[SERVER_BEHIND_MAX] = {NULL};
	enum loopback_order order = route->server->order;
	unsigned count = 0;

	for (unsigned i = 0; i < found->count; i++) {
		behind[count++] =
			servers_get(servers, found->ends[i].ip, found->ends[i].port, order, false);
	}
	for (unsigned i = 0; i < found->unix_names.count; i++) {
		behind[count++] = servers_get(servers, found->unix_names.names[i], 0, order, false);
	}
	route_clear_behind(route);
	route->found = *found;
	memcpy(route->behind, behind, sizeof behind);
	route->behind_count = count;
}

/*
 * Whether a later result leaves open what was known before: the server behind the proxy may be
 * restarting, or the machine too busy to be sure again.
 */
static bool proves_nothing(const struct server_route *route, const struct upstream *found)
{
	bool may_be_same = false;

	for (unsigned i = 0; i < found->count; i++) {
		may_be_same |= found->ends[i].port == route->found.ends[0].port &&
			strcmp(found->ends[i].ip, route->found.ends[0].ip) == 0;
	}
	may_be_same |= route->found.result == UPSTREAM_SELF && found->maybe_self;
	return found->result == UPSTREAM_FAILED ||
		(found->result == UPSTREAM_SELF && !found->unix_names.count &&
			route->found.unix_names.count) ||
		(route->found.result != UPSTREAM_UNSURE && found->result == UPSTREAM_UNSURE &&
			may_be_same);
}

static bool listens_there(const struct server *server, const struct upstream_end *end)
{
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];

	return listen_sockets_of(end->ip, end->port, server->order, sockets, LISTEN_SOCKETS_MAX) >
		0;
}

/*
 * One that has passed requests on, but not this one, may only know already that the server behind it
 * does not run.
 */
static void doubt_self(const struct server_route *route, struct upstream *found)
{
	const struct server *server = route->server;
	const struct known_proxy *proxy =
		known_proxies_find(&server->servers->proxies, server->main.key);

	if (!proxy || found->result != UPSTREAM_SELF || found->unix_names.count ||
		(route->known && route->found.result == UPSTREAM_SELF)) {
		return;
	}
	for (unsigned i = 0; i < proxy->count; i++) {
		if (!listens_there(server, &proxy->ends[i])) {
			found->ends[found->count++] = proxy->ends[i];
			found->result = UPSTREAM_UNSURE;
			found->refused = found->maybe_self = true;
		}
	}
}

bool route_take_result(struct server_route *route, struct upstream *found)
{
	struct server *server = route->server;
	bool keep, same;

	doubt_self(route, found);
	keep = route->known && route->found.result != UPSTREAM_UNASKED &&
		proves_nothing(route, found);
	same = route->known && !keep && memcmp(&route->found, found, sizeof route->found) == 0;
	route->known_usec = clock_now_usec();
	route->asked = found->result == UPSTREAM_FAILED ||
		(found->result == UPSTREAM_SELF && !found->status);
	if (found->result == UPSTREAM_FOUND) {
		server->proxies = true;
		known_proxies_note(&server->servers->proxies, server->main.key, &found->ends[0]);
	}
	server->passes |= found->passes || found->result == UPSTREAM_FOUND;
	if (keep || same) {
		return false;
	}
	route->known = true;
	route_take(route, found);
	return true;
}
