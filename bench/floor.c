/* SPDX-License-Identifier: MIT */
/*
 * The floor: what every daemon with these two libraries needs. It receives a D-Bus call
 * Saved(as, a{sv}), sends the name of the first file to each WebSocket client at once,
 * and replies to the call. There is nothing else: no project, no comparison of the file,
 * no queue, no limit, no handling of errors.
 *
 *     bench-floor BUS-NAME PORT
 *
 * Serves 127.0.0.1:PORT; prints "ready" when it owns the name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dbus/dbus.h>
#include <libwebsockets.h>

enum { CLIENTS_MAX = 64, TEXT_MAX = 4096 };

static DBusConnection *bus;
static struct lws *clients[CLIENTS_MAX];

static void echo(const char *text)
{
	unsigned char frame[LWS_PRE + TEXT_MAX];
	size_t length = strnlen(text, TEXT_MAX);

	memcpy(frame + LWS_PRE, text, length);
	for (int i = 0; i < CLIENTS_MAX; i++) {
		if (clients[i]) {
			lws_write(clients[i], frame + LWS_PRE, length, LWS_WRITE_TEXT);
		}
	}
}

static DBusHandlerResult on_message(DBusConnection *connection, DBusMessage *message, void *data)
{
	static dbus_uint64_t event;
	DBusMessageIter arguments, files;
	const char *file;
	DBusMessage *reply;

	if (!dbus_message_has_member(message, "Saved") ||
		!dbus_message_iter_init(message, &arguments) ||
		dbus_message_iter_get_arg_type(&arguments) != DBUS_TYPE_ARRAY) {
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
	}
	dbus_message_iter_recurse(&arguments, &files);
	if (dbus_message_iter_get_arg_type(&files) != DBUS_TYPE_STRING) {
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
	}
	dbus_message_iter_get_basic(&files, &file);
	echo(file);
	event++;
	reply = dbus_message_new_method_return(message);
	dbus_message_append_args(reply, DBUS_TYPE_UINT64, &event, DBUS_TYPE_INVALID);
	dbus_connection_send(connection, reply, NULL);
	dbus_message_unref(reply);
	return DBUS_HANDLER_RESULT_HANDLED;
}

static int on_bus(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
	if (reason == LWS_CALLBACK_RAW_RX_FILE) {
		if (!dbus_connection_read_write(bus, 0)) {
			exit(0);
		}
		while (dbus_connection_dispatch(bus) == DBUS_DISPATCH_DATA_REMAINS) {
		}
	}
	return 0;
}

static int on_client(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
	if (reason == LWS_CALLBACK_ESTABLISHED || reason == LWS_CALLBACK_CLOSED) {
		struct lws *from = reason == LWS_CALLBACK_CLOSED ? wsi : NULL;

		for (int i = 0; i < CLIENTS_MAX; i++) {
			if (clients[i] == from) {
				clients[i] = from ? NULL : wsi;
				break;
			}
		}
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{.name = "savecast.v1", .callback = on_client, .rx_buffer_size = 1024},
	{.name = "bus", .callback = on_bus},
	{0},
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info = {
		.protocols = protocols,
		.uid = -1,
		.gid = -1,
		.iface = "127.0.0.1",
		.fd_limit_per_thread = CLIENTS_MAX + 8,
	};
	lws_sock_file_fd_type file;
	struct lws_context *context;

	if (argc != 3) {
		fputs("usage: bench-floor BUS-NAME PORT\n", stderr);
		return 2;
	}
	info.port = atoi(argv[2]);
	lws_set_log_level(LLL_ERR, NULL);
	context = lws_create_context(&info);
	bus = dbus_bus_get_private(DBUS_BUS_SESSION, NULL);
	if (!context || !bus || !dbus_connection_get_unix_fd(bus, &file.filefd)) {
		return 1;
	}
	dbus_connection_add_filter(bus, on_message, NULL, NULL);
	if (dbus_bus_request_name(bus, argv[1], DBUS_NAME_FLAG_DO_NOT_QUEUE, NULL) !=
			DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER ||
		!lws_adopt_descriptor_vhost(lws_get_vhost_by_name(context, "default"),
			LWS_ADOPT_RAW_FILE_DESC, file, "bus", NULL)) {
		return 1;
	}
	while (dbus_connection_dispatch(bus) == DBUS_DISPATCH_DATA_REMAINS) {
	}
	puts("ready");
	fflush(stdout);
	while (lws_service(context, 0) >= 0) {
	}
	return 0;
}
