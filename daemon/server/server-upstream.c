/* SPDX-License-Identifier: MIT */
#include "server/server-private.h"

#include "util/clock.h"
#include "util/mem.h"

/* What is known of the servers behind a proxy, by URL. */

enum { SERVER_ROUTES_MAX = 128 }; /* of one proxy; a further one replaces the oldest */

/*
 * A proxy can get another configuration without a new process, so a result is checked again when
 * the page is looked up after this time; after the shorter one if there is reason for doubt.
 */
#define ROUTE_FRESH_USEC (20 * CLOCK_USEC_PER_SEC)
#define ROUTE_DOUBTFUL_USEC CLOCK_USEC_PER_SEC

struct server_route {
	struct server *server; /* the proxy */
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

static void route_clear_behind(struct server_route *route)
{
	for (unsigned i = 0; i < route->behind_count; i++) {
		server_unref(route->behind[i]);
		route->behind[i] = NULL;
	}
	route->behind_count = 0;
	route->found = (struct upstream){0};
}

static void route_free(struct server_route *route)
{
	upstream_search_cancel(route->search);
	route_clear_behind(route);
	free(route->host);
	free(route->path);
	free(route);
}

void server_forget_routes(struct server *server)
{
	while (server->routes) {
		struct server_route *route = server->routes;

		server->routes = route->next;
		route_free(route);
	}
	server->route_count = 0;
}

void server_doubt_routes(struct server *server)
{
	for (struct server_route *route = server->routes; route; route = route->next) {
		route->known_usec = 0;
		route->asked = false;
	}
}

/*
 * Whether the same process, or one with the same arguments in the same folder, has passed on requests,
 * for whichever host and path. `perhaps`: it may have.
 */
static bool is_proxy(const struct server *server, bool perhaps)
{
	if (known_proxies_find(&server->servers->proxies, server->main.key)) {
		return true;
	}
	for (const struct server *one = server->servers->first; one; one = one->next) {
		if ((perhaps ? one->passes : one->proxies) && one->port == server->port &&
			one->main.pid == server->main.pid) {
			return true;
		}
	}
	return false;
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

/* Returns whether there is something new. */
static bool take_result(struct server_route *route, struct upstream *found)
{
	struct server *server = route->server;
	bool keep, same;

	doubt_self(route, found);
	keep = route->known && proves_nothing(route, found);
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

static void search_done(const struct upstream *result, void *userdata)
{
	struct server_route *route = userdata;
	struct server *server = server_ref(route->server);
	struct upstream found = *result;

	route->search = NULL;
	/* Another program may have taken the port meanwhile: what was found is not about that one. */
	if (route->begun_pid != server->main.pid || take_result(route, &found)) {
		server->servers->callbacks.changed(server, server->servers->userdata);
	}
	server_unref(server);
}

/* False if no thread can be started. */
static bool route_search(struct server_route *route, bool cautious)
{
	const struct server *server = route->server;
	bool watches = route->asked || server->main.traits.proxying == PROXY_RARELY;

	route->begun_usec = clock_now_usec();
	route->begun_pid = server->main.pid;
	listen_news_look(&server->servers->news, route->begun_usec);
	route->search = upstream_searches_begin(server->servers->searches,
		&(struct upstream_question){
			.listener = server->host,
			.port = server->port,
			.order = server->order,
			.host = route->host,
			.host_port = route->port,
			.path = route->path,
			.secure = route->secure,
			.is_proxy = server->main.traits.proxying == PROXY_YES,
			.passes = is_proxy(server, true),
			.caution = !cautious || is_proxy(server, false) ? UPSTREAM_ASKS
				: watches                               ? UPSTREAM_WATCHES
									: UPSTREAM_ASKS_ONCE,
		},
		search_done, route);
	return route->search != NULL;
}

static void server_drop_oldest(struct server *server)
{
	struct server_route **at = &server->routes;

	while ((*at)->next) {
		at = &(*at)->next;
	}
	route_free(*at);
	*at = NULL;
	server->route_count--;
}

static struct server_route *server_add_route(struct server *server, const struct url *url)
{
	struct server_route *route = mem_new(struct server_route);

	if (server->route_count++ == SERVER_ROUTES_MAX) {
		server_drop_oldest(server);
	}
	*route = (struct server_route){
		.server = server,
		.host = mem_strdup(url->host),
		.path = mem_strdup(url->path),
		.port = url->port,
		.secure = url->secure,
		.next = server->routes,
	};
	server->routes = route;
	return route;
}

static struct server_route *server_find_route(const struct server *server, const struct url *url)
{
	struct server_route *route = server->routes;

	while (route &&
		(strcmp(route->host, url->host) != 0 || strcmp(route->path, url->path) != 0 ||
			route->port != url->port || route->secure != url->secure)) {
		route = route->next;
	}
	return route;
}

static bool is_fresh(const struct server_route *route)
{
	enum server_health health = route->found.result == UPSTREAM_FOUND && route->behind[0]
		? server_health(route->behind[0])
		: SERVER_WELL;
	bool doubtful = route->found.result == UPSTREAM_FAILED ||
		route->found.result == UPSTREAM_UNSURE || route->found.status ||
		health == SERVER_DOWN;

	if (route->known && health == SERVER_WAITING) {
		return true; /* a request now could be in the way of its restart */
	}
	/* The server behind it may have been started only now. */
	if (route->known && route->found.result == UPSTREAM_SELF && !doubtful) {
		listen_news_look(&route->server->servers->news, clock_now_usec());
		doubtful = listen_news_since(&route->server->servers->news, route->begun_usec);
	}
	return route->known &&
		clock_now_usec() < route->known_usec +
				(doubtful ? ROUTE_DOUBTFUL_USEC : ROUTE_FRESH_USEC);
}

const struct upstream *server_upstream(struct server *server, const struct url *url, bool cautious,
	struct server *const **behind)
{
	struct server_route *route = server_find_route(server, url);

	route = route ? route : server_add_route(server, url);
	if (!is_fresh(route) && !route->search && !route_search(route, cautious)) {
		route->known = true; /* without a thread, nothing can be found out */
		route->known_usec = clock_now_usec();
		route->found = (struct upstream){.result = UPSTREAM_FAILED};
	}
	*behind = route->behind;
	return route->known ? &route->found : NULL;
}

static bool is_behind(const struct server *server, const struct server *proxy)
{
	for (const struct server_route *route = proxy->routes; route; route = route->next) {
		for (unsigned i = 0; i < route->behind_count; i++) {
			if (route->behind[i] == server) {
				return true;
			}
		}
	}
	return false;
}

void server_tell_changed(struct server *server)
{
	struct servers *servers = server->servers;
	struct server *changed[SERVERS_MAX] = {server_ref(server)};
	size_t count = 1;

	/* First, because the callbacks may release the last references. */
	for (struct server *proxy = servers->first; proxy; proxy = proxy->next) {
		if (proxy != server && is_behind(server, proxy)) {
			changed[count++] = server_ref(proxy);
		}
	}
	for (size_t i = 0; i < count; i++) {
		servers->callbacks.changed(changed[i], servers->userdata);
		server_unref(changed[i]);
	}
}
