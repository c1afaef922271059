/* SPDX-License-Identifier: MIT */
#include "dbus/private-bus-private.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

void peer_send(struct peer *peer, DBusMessage *message)
{
	if (peer->gone) {
		return;
	}
	if (dbus_connection_get_outgoing_size(peer->connection) > PRIVATE_BUS_BYTES_MAX) {
		dbus_connection_close(peer->connection); /* its client does not read */
		return;
	}
	dbus_connection_send(peer->connection, message, NULL);
}

struct peer *bus_router_find(struct bus_router *router, const char *name)
{
	for (size_t i = 0; i < router->name_count; i++) {
		if (strcmp(router->names[i].name, name) == 0) {
			return router->names[i].owner;
		}
	}
	for (struct peer *peer = router->peers; peer; peer = peer->next) {
		if (!peer->gone && strcmp(peer->name, name) == 0) {
			return peer;
		}
	}
	return NULL;
}

static bool peer_wants(const struct peer *peer, DBusMessage *signal)
{
	for (size_t i = 0; i < peer->rule_count; i++) {
		if (private_bus_rule_matches(peer->rules[i], signal)) {
			return true;
		}
	}
	return false;
}

static void bus_router_broadcast(
	struct bus_router *router, const struct peer *from, DBusMessage *signal)
{
	for (struct peer *peer = router->peers; peer; peer = peer->next) {
		if (peer != from && peer_wants(peer, signal)) {
			peer_send(peer, signal);
		}
	}
}

void bus_router_name_changed(
	struct bus_router *router, const char *name, const char *before, const char *after)
{
	_cleanup_(bus_message_unrefp) DBusMessage *signal =
		dbus_message_new_signal(DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS, "NameOwnerChanged");

	dbus_message_set_sender(signal, DBUS_SERVICE_DBUS);
	dbus_message_append_args(signal, DBUS_TYPE_STRING, &name, DBUS_TYPE_STRING, &before,
		DBUS_TYPE_STRING, &after, DBUS_TYPE_INVALID);
	bus_router_broadcast(router, NULL, signal);
}

static void peer_drop_names(struct peer *peer)
{
	struct bus_router *router = peer->router;
	size_t kept = 0;

	for (size_t i = 0; i < router->name_count; i++) {
		if (router->names[i].owner == peer) {
			bus_router_name_changed(router, router->names[i].name, peer->name, "");
			free(router->names[i].name);
		} else {
			router->names[kept++] = router->names[i];
		}
	}
	router->name_count = kept;
}

static void peer_route(struct peer *peer, DBusMessage *message)
{
	struct bus_router *router = peer->router;
	const char *to = dbus_message_get_destination(message);
	struct peer *receiver = to ? bus_router_find(router, to) : NULL;

	dbus_message_set_sender(message, peer->name);
	if (receiver) {
		peer_send(receiver, message);
	} else if (to && strcmp(to, DAEMON_NAME) == 0 && !router->daemon_was_there &&
		router->waiting_count < PRIVATE_BUS_WAITING_MAX) {
		router->waiting[router->waiting_count++] = dbus_message_ref(message);
	} else if (to) {
		peer_refuse(peer, message, DBUS_ERROR_SERVICE_UNKNOWN, "no client has this name");
	} else if (dbus_message_get_type(message) == DBUS_MESSAGE_TYPE_SIGNAL) {
		bus_router_broadcast(router, peer, message);
	}
}

static DBusHandlerResult peer_filter(DBusConnection *connection, DBusMessage *message, void *data)
{
	struct peer *peer = data;

	if (dbus_message_is_signal(message, DBUS_INTERFACE_LOCAL, "Disconnected")) {
		peer->gone = true;
		loop_timer_set(peer->router->sweep, 0);
	} else if (dbus_message_has_destination(message, DBUS_SERVICE_DBUS)) {
		peer_ask_bus(peer, message);
	} else if (*peer->name) {
		peer_route(peer, message);
	} else {
		dbus_connection_close(connection); /* each client calls Hello first */
	}
	return DBUS_HANDLER_RESULT_HANDLED;
}

/* Frees closed connections, later: a connection cannot be freed while it dispatches. */
static void bus_router_sweep(void *data)
{
	struct bus_router *router = data;
	bool daemon_left = false;

	for (struct peer **at = &router->peers; *at;) {
		struct peer *peer = *at;

		if (!peer->gone) {
			at = &peer->next;
			continue;
		}
		*at = peer->next;
		daemon_left |= bus_router_find(router, DAEMON_NAME) == peer;
		peer_drop_names(peer);
		if (*peer->name) {
			bus_router_name_changed(router, peer->name, peer->name, "");
		}
		dbus_connection_remove_filter(peer->connection, peer_filter, peer);
		bus_watch_free(peer->watch);
		dbus_connection_unref(peer->connection);
		while (peer->rule_count) {
			free(peer->rules[--peer->rule_count]);
		}
		free(peer);
		router->peer_count--;
		at = &router->peers;
	}
	if (daemon_left) {
		loop_quit(router->loop, 0);
	}
}

static void bus_router_on_connection(DBusServer *server, DBusConnection *connection, void *data)
{
	struct bus_router *router = data;
	struct peer *peer;

	if (router->peer_count == PRIVATE_BUS_PEERS_MAX) {
		return; /* libdbus closes a connection that has no references */
	}
	peer = mem_new(struct peer);
	peer->router = router;
	peer->connection = dbus_connection_ref(connection);
	peer->next = router->peers;
	router->peers = peer;
	router->peer_count++;
	dbus_connection_set_allow_anonymous(connection, FALSE);
	dbus_connection_set_max_message_size(connection, PRIVATE_BUS_BYTES_MAX);
	dbus_connection_set_max_received_size(connection, PRIVATE_BUS_BYTES_MAX);
	dbus_connection_set_exit_on_disconnect(connection, FALSE);
	dbus_connection_set_route_peer_messages(connection, TRUE);
	dbus_connection_add_filter(connection, peer_filter, peer, NULL);
	peer->watch = bus_watch_new(router->loop, connection);
}

static void bus_router_on_listening(uint32_t events, void *data)
{
	dbus_watch_handle(data, DBUS_WATCH_READABLE);
}

static dbus_bool_t bus_router_add_watch(DBusWatch *watch, void *data)
{
	struct bus_router *router = data;

	if (dbus_watch_get_flags(watch) & DBUS_WATCH_READABLE && !router->listening) {
		router->listening = loop_fd_new(router->loop, dbus_watch_get_unix_fd(watch), EPOLLIN,
			bus_router_on_listening, watch);
	}
	return TRUE;
}

static void bus_router_remove_watch(DBusWatch *watch, void *data)
{
}

void private_bus_route(const char *address, int ready)
{
	static const char *mechanisms[] = {"EXTERNAL", NULL};
	struct bus_router router = {.loop = loop_new()};
	DBusError error = DBUS_ERROR_INIT;

	router.server = router.loop ? dbus_server_listen(address, &error) : NULL;
	if (!router.server) {
		dprintf(ready, "%s", error.message ? error.message : "no event loop");
		return;
	}
	router.sweep = loop_timer_new(router.loop, bus_router_sweep, &router);
	dbus_server_set_auth_mechanisms(router.server, mechanisms);
	dbus_server_set_new_connection_function(
		router.server, bus_router_on_connection, &router, NULL);
	dbus_server_set_watch_functions(
		router.server, bus_router_add_watch, bus_router_remove_watch, NULL, &router, NULL);
	if (write(ready, "", 1) == 1 && close(ready) == 0) {
		loop_run(router.loop);
	}
}
