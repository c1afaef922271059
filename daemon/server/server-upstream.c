/* SPDX-License-Identifier: MIT */
#include "server/server-route.h"

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

static void search_done(const struct upstream *result, void *userdata)
{
	struct server_route *route = userdata;
	struct server *server = server_ref(route->server);
	struct upstream found = *result;

	route->search = NULL;
	/* Another program may have taken the port meanwhile: what was found is not about that one. */
	if (route->begun_pid != server->main.pid || route_take_result(route, &found)) {
		server->servers->callbacks.changed(server, server->servers->userdata);
	}
	server_unref(server);
}

static bool has_pages(const struct server *server)
{
	return server->main.traits.proxying == PROXY_RARELY;
}

static enum upstream_caution caution_of(const struct server_route *route, bool cautious)
{
	const struct server *server = route->server;

	if (!cautious || is_proxy(server, false)) {
		return UPSTREAM_ASKS;
	}
	return has_pages(server) ? UPSTREAM_LOOKS
		: route->asked   ? UPSTREAM_WATCHES
				 : UPSTREAM_ASKS_ONCE;
}

/* False if no thread can be started. */
static bool route_search(struct server_route *route, enum upstream_caution caution)
{
	const struct server *server = route->server;

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
			.caution = caution,
			.has_pages = has_pages(server),
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

static void route_know(struct server_route *route, enum upstream_result result)
{
	route_clear_behind(route);
	route->known = true;
	route->known_usec = clock_now_usec();
	route->found.result = result;
}

const struct upstream *server_upstream(struct server *server, const struct url *url, bool cautious,
	struct server *const **behind)
{
	struct server_route *route = server_find_route(server, url);

	route = route ? route : server_add_route(server, url);
	if (!is_fresh(route) && !route->search &&
		!route_search(route, caution_of(route, cautious))) {
		route_know(route, UPSTREAM_FAILED); /* without a thread, nothing can be found out */
	}
	*behind = route->behind;
	return route->known ? &route->found : NULL;
}

void server_decide_upstream(struct server *server, const struct url *url, bool ask)
{
	struct server_route *route = server_find_route(server, url);

	if (!ask || (!route->search && !route_search(route, UPSTREAM_ASKS_ONCE))) {
		route_know(route, UPSTREAM_SELF);
	}
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
