/* SPDX-License-Identifier: MIT */
#include "server/server-private.h"

#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/utf8.h"

/* All processes are searched at most this often, for servers that were started elsewhere. */
#define LOOK_AGAIN_USEC (250 * CLOCK_USEC_PER_MSEC)

struct servers *servers_new(
	struct loop *loop, const struct servers_callbacks *callbacks, void *userdata)
{
	struct servers *servers = mem_new(struct servers);

	*servers = (struct servers){
		.loop = loop,
		.callbacks = *callbacks,
		.userdata = userdata,
		.searches = upstream_searches_new(loop),
	};
	return servers;
}

void servers_free(struct servers *servers)
{
	if (servers) {
		socket_owners_cancel(servers->look);
		upstream_searches_free(servers->searches);
		known_proxies_clear(&servers->proxies);
		free(servers);
	}
}

static void server_on_end(void *userdata)
{
	server_recheck(userdata);
}

static void server_set_place(
	struct server *server, const char *host, uint16_t port, enum loopback_order order)
{
	char *before = server->host;

	server->host = mem_strdup(host);
	server->port = port;
	server->order = order;
	free(before);
}

struct server *servers_get(
	struct servers *servers, const char *host, uint16_t port, enum loopback_order order, bool far)
{
	struct server *server;

	order = listen_host_is_name(host) ? order : LOOPBACK_V6_FIRST;
	for (server = servers->first; server; server = server->next) {
		if (server->asked_port == port && server->asked_order == order &&
			server->far == far && strcmp(server->asked_host, host) == 0) {
			return server_ref(server);
		}
	}
	if (servers->count == SERVERS_MAX) {
		return NULL;
	}
	servers->count++;
	server = mem_new(struct server);
	server->servers = servers;
	server->asked_host = mem_strdup(host);
	server->asked_port = port;
	server->asked_order = order;
	server->far = far;
	server_set_place(server, host, port, order);
	server->refs = 1;
	server->probe = ACCEPT_PROBE_NONE;
	server_processes_init(&server->processes, servers->loop, server_on_end, server);
	server->next = servers->first;
	servers->first = server;
	server_look(server);
	return server;
}

struct server *server_ref(struct server *server)
{
	server->refs++;
	return server;
}

void server_unref(struct server *server)
{
	struct server **at;

	if (!server || --server->refs) {
		return;
	}
	server->servers->callbacks.gone(server, server->servers->userdata);
	for (at = &server->servers->first; *at != server; at = &(*at)->next) {
	}
	*at = server->next;
	server->servers->count--;
	if (server->servers->looked == server) {
		server->servers->looked = NULL;
	}
	server_processes_clear(&server->processes);
	accept_probe_close(&server->probe);
	server_forget_routes(server);
	server_clear_main(server);
	free(server->health_reason);
	free(server->forwarder);
	free(server->asked_host);
	free(server->host);
	free(server);
}

const char *server_host(const struct server *server)
{
	return server->host;
}

char *server_socket(const struct server *server)
{
	return listen_host_is_unix(server->host) ? utf8_dup(server->host) : NULL;
}

char *server_place(const struct server *server)
{
	_cleanup_free_ char *path = server_socket(server);

	return path ? mem_printf("the Unix socket %s", path)
		    : mem_printf("port %u", (unsigned)server->port);
}

uint16_t server_port(const struct server *server)
{
	return server->port;
}

bool server_is_behind_tunnel(const struct server *server)
{
	return server->port != server->asked_port;
}

enum server_visibility server_visibility(const struct server *server)
{
	return server->visibility;
}

uid_t server_uid(const struct server *server)
{
	return server->uid;
}

uint16_t server_forwarder_target(const struct server *server)
{
	return server->forwarder_target;
}

const char *server_forwarder(const struct server *server)
{
	return server->forwarder;
}

void server_set_data(struct server *server, void *data)
{
	server->data = data;
}

void *server_data(const struct server *server)
{
	return server->data;
}

enum server_health server_health(const struct server *server)
{
	return server->health;
}

const char *server_health_reason(const struct server *server)
{
	return server->health_reason;
}

void server_set_health(struct server *server, enum server_health health, const char *reason)
{
	free(server->health_reason);
	server->health = health;
	server->health_reason = reason ? mem_strdup(reason) : NULL;
}

uint64_t server_awaited_by(const struct server *server)
{
	return server->awaited_by;
}

void server_set_awaited_by(struct server *server, uint64_t event)
{
	server->awaited_by = event;
}

bool server_listens(const struct server *server)
{
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];

	return listen_sockets_of(
		       server->host, server->port, server->order, sockets, LISTEN_SOCKETS_MAX) > 0;
}

void server_recheck(struct server *server)
{
	server->servers->callbacks.process_exited(server, server->servers->userdata);
}

static enum server_visibility visibility_of(
	const struct server *server, const struct socket_owners *result)
{
	if (result->socket_count && result->sockets[0].uid != geteuid()) {
		return SERVER_FOREIGN;
	}
	/*
	 * Once seen, a server stays known: its old process may be ending and its new one
	 * not running yet.
	 */
	if (server->main.folder) {
		return SERVER_SEEN;
	}
	return result->socket_count ? SERVER_OPAQUE : SERVER_NONE;
}

static void server_take_look(struct server *server, struct socket_owners *result)
{
	bool first = server->visibility == SERVER_LOOKING;

	/* While neither it nor the ssh of its tunnel runs, it stays where it was. */
	if (result->socket_count || result->port != server->asked_port) {
		server_set_place(server, result->host, result->port, result->order);
	}
	server_processes_drop_ended(&server->processes);
	for (size_t i = 0; i < result->holder_count; i++) {
		server_processes_add(&server->processes, &result->holders[i], first);
	}
	server_note_main(server);
	server->visibility = visibility_of(server, result);
	free(server->forwarder);
	server->forwarder = mem_steal(result->forwarder);
	server->forwarder_target = result->forwarder_target;
	server->uid = result->socket_count ? result->sockets[0].uid : 0;
	server_tell_changed(server);
}

static void servers_look_next(struct servers *servers);

static void servers_on_look(struct socket_owners *result, void *userdata)
{
	struct servers *servers = userdata;
	struct server *server = mem_steal(servers->looked);

	servers->look = NULL;
	if (server) {
		server_take_look(server, result);
	}
	servers_look_next(servers);
}

/* Starts the search for the server that has waited the longest. */
static void servers_look_next(struct servers *servers)
{
	struct server *oldest = NULL;

	for (struct server *server = servers->first; server; server = server->next) {
		oldest = server->wants_look ? server : oldest;
	}
	if (oldest && !servers->look) {
		oldest->wants_look = false;
		oldest->look_after_usec = clock_now_usec() + LOOK_AGAIN_USEC;
		servers->looked = oldest;
		servers->look = socket_owners_find(servers->loop, oldest->asked_host,
			oldest->asked_port, oldest->asked_order, oldest->far, servers_on_look, servers);
	}
}

void server_look(struct server *server)
{
	struct servers *servers = server->servers;

	if (servers->looked != server && clock_now_usec() >= server->look_after_usec) {
		server->wants_look = true;
		servers_look_next(servers);
	}
}
