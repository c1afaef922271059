/* SPDX-License-Identifier: MIT */
#include "dbus/bus.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "util/utf8.h"

#define LOG_MODULE "bus"
#include "util/log.h"

struct bus {
	struct loop *loop;
	DBusConnection *connection;
	struct bus_watch *watch;
	bus_lost_fn *lost;
	void *userdata;
	struct bus_client *clients;
	char *name;
	DBusMessage **later; /* are sent at the end of the turn */
	size_t later_count, later_size;
};

struct bus_client {
	struct bus *bus;
	char *name;
	bus_client_gone_fn *gone;
	void *userdata;
	DBusPendingCall *asked; /* asks whether the client is connected; NULL: answered */
	struct bus_client *next;
};

static void bus_on_owner_changed(struct bus *bus, DBusMessage *signal)
{
	const char *name, *before, *after;
	struct bus_client *next;

	if (!dbus_message_get_args(signal, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_STRING, &before,
		    DBUS_TYPE_STRING, &after, DBUS_TYPE_INVALID) ||
		*after) {
		return;
	}
	for (struct bus_client *client = bus->clients; client; client = next) {
		next = client->next;
		if (strcmp(client->name, name) == 0) {
			client->gone(client, client->userdata);
		}
	}
}

static bool bus_is_our_name(const struct bus *bus, DBusMessage *signal)
{
	const char *name;

	return bus->name &&
		dbus_message_get_args(signal, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID) &&
		strcmp(name, bus->name) == 0;
}

static DBusHandlerResult bus_filter(DBusConnection *connection, DBusMessage *message, void *data)
{
	struct bus *bus = data;

	if (dbus_message_is_signal(message, DBUS_INTERFACE_LOCAL, "Disconnected")) {
		bus->lost("the session bus is gone", bus->userdata);
		return DBUS_HANDLER_RESULT_HANDLED;
	}
	/* Any process can send a signal with this name; only one from the bus itself counts. */
	if (!dbus_message_has_sender(message, DBUS_SERVICE_DBUS)) {
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
	}
	if (dbus_message_is_signal(message, DBUS_INTERFACE_DBUS, "NameLost")) {
		if (bus_is_our_name(bus, message)) {
			bus->lost("another process has taken the bus name", bus->userdata);
		}
		return DBUS_HANDLER_RESULT_HANDLED;
	}
	if (dbus_message_is_signal(message, DBUS_INTERFACE_DBUS, "NameOwnerChanged")) {
		bus_on_owner_changed(bus, message);
		return DBUS_HANDLER_RESULT_HANDLED;
	}
	return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

static void bus_send_late(void *userdata)
{
	struct bus *bus = userdata;

	for (size_t i = 0; i < bus->later_count; i++) {
		dbus_connection_send(bus->connection, bus->later[i], NULL);
		dbus_message_unref(bus->later[i]);
	}
	bus->later_count = 0;
}

struct bus *bus_new(struct loop *loop, bus_lost_fn *lost, void *userdata, char **why)
{
	struct bus *bus = mem_new(struct bus);
	DBusError error = DBUS_ERROR_INIT;

	bus->loop = loop;
	bus->lost = lost;
	bus->userdata = userdata;
	bus->connection = dbus_bus_get_private(DBUS_BUS_SESSION, &error);
	if (!bus->connection) {
		*why = mem_strdup(error.message);
		dbus_error_free(&error);
		bus_free(bus);
		return NULL;
	}
	loop_on_turn(loop, bus_send_late, bus);
	dbus_connection_set_exit_on_disconnect(bus->connection, FALSE);
	dbus_connection_add_filter(bus->connection, bus_filter, bus, NULL);
	return bus;
}

void bus_free(struct bus *bus)
{
	if (!bus) {
		return;
	}
	bus_watch_free(bus->watch);
	if (bus->connection) {
		loop_on_turn(bus->loop, NULL, NULL);
		bus_send_late(bus);
		dbus_connection_remove_filter(bus->connection, bus_filter, bus);
		dbus_connection_flush(bus->connection);
		dbus_connection_close(bus->connection);
		dbus_connection_unref(bus->connection);
	}
	dbus_shutdown();
	free(bus->later);
	free(bus->name);
	free(bus);
}

int bus_own_name(struct bus *bus, const char *name)
{
	DBusError error = DBUS_ERROR_INIT;
	int r = dbus_bus_request_name(
		bus->connection, name, DBUS_NAME_FLAG_DO_NOT_QUEUE, &error);

	if (r < 0) {
		log_error("%s: %s", name, error.message);
		dbus_error_free(&error);
		return -EIO;
	}
	if (r != DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER) {
		return -EEXIST;
	}
	bus->name = mem_strdup(name);
	/* From here on the loop reads; it also dispatches messages that have arrived before. */
	bus->watch = bus_watch_new(bus->loop, bus->connection);
	return 0;
}

DBusConnection *bus_connection(struct bus *bus)
{
	return bus->connection;
}

struct loop *bus_loop(struct bus *bus)
{
	return bus->loop;
}

void bus_send(struct bus *bus, DBusMessage *message)
{
	if (message) {
		bus_send_late(bus);
		dbus_connection_send(bus->connection, message, NULL);
		dbus_message_unref(message);
	}
}

void bus_send_later(struct bus *bus, DBusMessage *message)
{
	if (bus->later_count == bus->later_size) {
		bus->later_size = bus->later_size ? 2 * bus->later_size : 8;
		bus->later = mem_resize(bus->later, bus->later_size, sizeof(DBusMessage *));
	}
	bus->later[bus->later_count++] = message;
}

void bus_reply(struct bus *bus, DBusMessage *call, DBusMessage *reply)
{
	if (dbus_message_get_no_reply(call)) {
		bus_message_unref(reply);
	} else {
		bus_send(bus, reply);
	}
}

static char *bus_client_rule(const struct bus_client *client)
{
	return mem_printf("type='signal',sender='" DBUS_SERVICE_DBUS
			  "',member='NameOwnerChanged',arg0='%s'",
		client->name);
}

static void bus_client_forget_asked(struct bus_client *client)
{
	if (client->asked) {
		dbus_pending_call_cancel(client->asked);
		dbus_pending_call_unref(client->asked);
		client->asked = NULL;
	}
}

static void bus_client_on_answer(DBusPendingCall *asked, void *data)
{
	struct bus_client *client = data;
	_cleanup_(bus_message_unrefp) DBusMessage *answer = dbus_pending_call_steal_reply(asked);
	dbus_bool_t there = TRUE;

	bus_client_forget_asked(client);
	if (dbus_message_get_args(answer, NULL, DBUS_TYPE_BOOLEAN, &there, DBUS_TYPE_INVALID) &&
		!there) {
		client->gone(client, client->userdata);
	}
}

/* A caller that wants no answer may have disconnected before the match rule was added. */
static void bus_client_ask(struct bus_client *client)
{
	_cleanup_(bus_message_unrefp) DBusMessage *call = dbus_message_new_method_call(
		DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS, "NameHasOwner");

	dbus_message_append_args(call, DBUS_TYPE_STRING, &client->name, DBUS_TYPE_INVALID);
	if (dbus_connection_send_with_reply(
		    client->bus->connection, call, &client->asked, DBUS_TIMEOUT_INFINITE) &&
		client->asked) {
		dbus_pending_call_set_notify(client->asked, bus_client_on_answer, client, NULL);
	}
}

struct bus_client *bus_client_new(
	struct bus *bus, const char *unique_name, bus_client_gone_fn *gone, void *userdata)
{
	struct bus_client *client = mem_new(struct bus_client);
	_cleanup_free_ char *rule = NULL;

	*client = (struct bus_client){
		.bus = bus,
		.name = mem_strdup(unique_name),
		.gone = gone,
		.userdata = userdata,
		.next = bus->clients,
	};
	bus->clients = client;
	rule = bus_client_rule(client);
	/* without an error argument it does not block */
	dbus_bus_add_match(bus->connection, rule, NULL);
	bus_client_ask(client);
	return client;
}

void bus_client_free(struct bus_client *client)
{
	_cleanup_free_ char *rule = NULL;

	if (!client) {
		return;
	}
	bus_client_forget_asked(client);
	rule = bus_client_rule(client);
	dbus_bus_remove_match(client->bus->connection, rule, NULL);
	for (struct bus_client **at = &client->bus->clients; *at; at = &(*at)->next) {
		if (*at == client) {
			*at = client->next;
			break;
		}
	}
	free(client->name);
	free(client);
}

const char *bus_client_name(const struct bus_client *client)
{
	return client->name;
}

DBusMessage *bus_error(DBusMessage *call, const char *name, const char *format, ...)
{
	_cleanup_free_ char *text = NULL, *clean = NULL;
	DBusMessage *error;
	va_list args;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	clean = utf8_dup(text);
	error = dbus_message_new_error(call, name, clean);
	if (!error) {
		abort(); /* out of memory */
	}
	return error;
}
