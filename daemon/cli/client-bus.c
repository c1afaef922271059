/* SPDX-License-Identifier: MIT */
#include "cli/client-bus.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message-bus.h"
#include "cli/private-daemon.h"
#include "dbus/names.h"


struct client {
	DBusConnection *connection;
	const struct client_handlers *handlers; /* may be NULL */
	void *userdata;
	bool filtered;
	char *daemon; /* unique name of the last sender of a reply; signals from others are dropped */
};

static enum call_result client_explain(DBusMessage *error, char **why)
{
	const char *text = "";

	if (!dbus_message_get_args(error, NULL, DBUS_TYPE_STRING, &text, DBUS_TYPE_INVALID)) {
		text = "";
	}
	return error_explain(dbus_message_get_error_name(error), text, why);
}

static void client_on_reply(struct client *client, DBusMessage *message)
{
	struct client_reply reply = {.serial = dbus_message_get_reply_serial(message)};
	_cleanup_free_ char *why = NULL;

	if (dbus_message_get_type(message) == DBUS_MESSAGE_TYPE_ERROR) {
		reply.result = client_explain(message, &why);
		reply.why = why;
		reply.unanswered = error_is_unanswered(dbus_message_get_error_name(message));
	} else if (!dbus_message_has_sender(message, DBUS_SERVICE_DBUS)) {
		const char *sender = dbus_message_get_sender(message);

		free(client->daemon);
		client->daemon = sender ? mem_strdup(sender) : NULL;
	}
	if (reply.result == CALL_DONE) {
		reply.values = message_to_json(message);
	}
	client->handlers->reply(&reply, client->userdata);
	json_decref(reply.values);
}

static bool client_believes(const struct client *client, DBusMessage *signal)
{
	if (dbus_message_is_signal(signal, DBUS_INTERFACE_DBUS, "NameOwnerChanged")) {
		return dbus_message_has_sender(signal, DBUS_SERVICE_DBUS);
	}
	return client->daemon && dbus_message_has_sender(signal, client->daemon);
}

static void client_on_signal(struct client *client, DBusMessage *message)
{
	struct client_signal signal = {
		.path = dbus_message_get_path(message),
		.member = dbus_message_get_member(message),
	};

	if (client_believes(client, message)) {
		signal.values = message_to_json(message);
		client->handlers->signal(&signal, client->userdata);
		json_decref(signal.values);
	}
}

static DBusHandlerResult client_filter(DBusConnection *connection, DBusMessage *message, void *data)
{
	struct client *client = data;

	switch (dbus_message_get_type(message)) {
	case DBUS_MESSAGE_TYPE_METHOD_RETURN:
	case DBUS_MESSAGE_TYPE_ERROR:
		if (client->handlers && client->handlers->reply) {
			client_on_reply(client, message);
		}
		return DBUS_HANDLER_RESULT_HANDLED;
	case DBUS_MESSAGE_TYPE_SIGNAL:
		if (client->handlers && client->handlers->signal) {
			client_on_signal(client, message);
		}
		return DBUS_HANDLER_RESULT_HANDLED;
	}
	return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

/*
 * The address of the session bus, or of the bus of a `savecastd --private-bus`; or NULL and
 * why. libdbus would look in the first two places, too, but then try to start a bus through X11,
 * and report an error about that.
 */
static char *client_address(char **why)
{
	const char *given = getenv("DBUS_SESSION_BUS_ADDRESS");
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	_cleanup_free_ char *socket_name = NULL;
	struct stat st;
	char *private;

	if (given && *given) {
		return mem_strdup(given);
	}
	if (runtime && *runtime == '/') {
		char *escaped, *address;

		socket_name = mem_printf("%s/bus", runtime);
		if (stat(socket_name, &st) == 0 && S_ISSOCK(st.st_mode)) {
			escaped = dbus_address_escape_value(socket_name);
			address = mem_printf("unix:path=%s", escaped ? escaped : "");
			dbus_free(escaped);
			return address;
		}
	}
	private = private_daemon_address();
	if (private) {
		return private;
	}
	*why = mem_printf("session bus: none: DBUS_SESSION_BUS_ADDRESS is not set and %s is not "
			  "there: run this in your login session, under dbus-run-session, or start "
			  "'savecastd --private-bus'",
		socket_name ? socket_name : "$XDG_RUNTIME_DIR/bus");
	return NULL;
}

/* Why the bus does not accept us: often, it is another user's, as under sudo or su. */
static char *client_refusal(const char *address, const char *message)
{
	static const char unix_path[] = "unix:path=";
	size_t skip = sizeof unix_path - 1;
	_cleanup_free_ char *path = strncmp(address, unix_path, skip) == 0
		? mem_strndup(address + skip, strcspn(address + skip, ",;"))
		: NULL;
	struct stat st;

	if (path && stat(path, &st) == 0 && st.st_uid != geteuid()) {
		return mem_printf("session bus: %s: it belongs to user %u and does not accept user %u: run "
				  "savecast as user %u, not with sudo or su",
			address, (unsigned)st.st_uid, (unsigned)geteuid(), (unsigned)st.st_uid);
	}
	return mem_printf("session bus: %s: %s", address, message);
}

struct client *client_new(const struct client_handlers *handlers, void *userdata, char **why)
{
	_cleanup_(client_freep) struct client *client = mem_new(struct client);
	_cleanup_free_ char *address = client_address(why);
	DBusError error = DBUS_ERROR_INIT;

	if (!address) {
		return NULL;
	}
	client->handlers = handlers;
	client->userdata = userdata;
	dbus_connection_set_change_sigpipe(FALSE);
	client->connection = dbus_connection_open_private(address, &error);
	if (!client->connection || !dbus_bus_register(client->connection, &error)) {
		*why = client->connection ? client_refusal(address, error.message)
					  : mem_printf("session bus: %s: %s", address, error.message);
		dbus_error_free(&error);
		return NULL;
	}
	dbus_connection_set_exit_on_disconnect(client->connection, FALSE);
	if (!dbus_connection_add_filter(client->connection, client_filter, client, NULL)) {
		abort();
	}
	client->filtered = true;
	return mem_steal(client);
}

void client_free(struct client *client)
{
	if (!client) {
		return;
	}
	if (client->filtered) { /* libdbus aborts if it does not have the filter */
		dbus_connection_remove_filter(client->connection, client_filter, client);
	}
	if (client->connection) {
		dbus_connection_close(client->connection);
		dbus_connection_unref(client->connection);
	}
	free(client->daemon);
	free(client);
}

enum call_result client_call(
	struct client *client, const struct client_method *method, json_t **values, char **why)
{
	_cleanup_(message_unrefp) DBusMessage *call = message_from_method(method);
	_cleanup_(message_unrefp) DBusMessage *reply = NULL;
	DBusError error = DBUS_ERROR_INIT;
	enum call_result result;

	reply = dbus_connection_send_with_reply_and_block(
		client->connection, call, CLIENT_TIMEOUT_MSEC, &error);
	if (reply) {
		*values = message_to_json(reply);
		return CALL_DONE;
	}
	result = error_explain(error.name, error.message, why);
	dbus_error_free(&error);
	return result;
}

uint32_t client_send(struct client *client, const struct client_method *method)
{
	_cleanup_(message_unrefp) DBusMessage *call = message_from_method(method);
	dbus_uint32_t serial = 0;

	if (!dbus_connection_send(client->connection, call, &serial)) {
		abort();
	}
	return serial;
}

void client_watch_owner(struct client *client)
{
	/* Without a DBusError it does not wait for the reply. */
	dbus_bus_add_match(client->connection,
		"type='signal',sender='" DBUS_SERVICE_DBUS "',interface='" DBUS_INTERFACE_DBUS
		"',member='NameOwnerChanged',arg0='" DAEMON_NAME "'",
		NULL);
}

void client_watch_projects(struct client *client)
{
	dbus_bus_add_match(client->connection,
		"type='signal',sender='" DAEMON_NAME "',path_namespace='" DAEMON_OBJECT "'", NULL);
}

struct pollfd client_pollfd(struct client *client)
{
	struct pollfd poll_for = {.fd = -1, .events = POLLIN};

	if (!dbus_connection_get_unix_fd(client->connection, &poll_for.fd)) {
		poll_for.fd = -1;
	}
	if (dbus_connection_has_messages_to_send(client->connection)) {
		poll_for.events |= POLLOUT;
	}
	return poll_for;
}

bool client_serve(struct client *client)
{
	dbus_bool_t connected = dbus_connection_read_write(client->connection, 0);

	while (dbus_connection_dispatch(client->connection) == DBUS_DISPATCH_DATA_REMAINS) {
	}
	return connected && dbus_connection_get_is_connected(client->connection);
}

void client_shutdown(void)
{
	dbus_shutdown();
}
