/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The session bus: one connection, served by the loop. Only the files named *bus*.c use
 * libdbus's connection functions.
 */

#include <dbus/dbus.h>

#include "util/loop.h"
#include "util/mem.h"

struct bus;

/* Called once when the bus is gone or our name was taken away; `why` is for display. */
typedef void bus_lost_fn(const char *why, void *userdata);

/* Connects. Returns NULL and why (the caller frees it) if there is no bus. */
struct bus *bus_new(struct loop *loop, bus_lost_fn *lost, void *userdata, char **why);
void bus_free(struct bus *bus);

/*
 * Requests a name; to be called after all objects were created. -EEXIST if another process has
 * it. Blocks until the answer comes; for start-up.
 */
int bus_own_name(struct bus *bus, const char *name);

DBusConnection *bus_connection(struct bus *bus);
struct loop *bus_loop(struct bus *bus);

/* Sends and unreferences; ignores NULL. */
void bus_send(struct bus *bus, DBusMessage *message);
/*
 * The same, but sends it at the end of the loop's turn, or before the next bus_send(), so that the
 * order stays. For signals that say what was done: what is done comes first.
 */
void bus_send_later(struct bus *bus, DBusMessage *message);
/* Answers a call, if its caller wants an answer. Unreferences `reply`, not `call`. */
void bus_reply(struct bus *bus, DBusMessage *call, DBusMessage *reply);

/*
 * An error that answers a call. Bytes of the text that are not UTF-8, for example because a
 * value was cut within a character, become U+FFFD; with such bytes libdbus would abort.
 */
DBusMessage *bus_error(DBusMessage *call, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4), returns_nonnull));

/*
 * A caller for which we keep data: when it disconnects from the bus, gone() is called, which
 * frees the data.
 */
struct bus_client;
typedef void bus_client_gone_fn(struct bus_client *client, void *userdata);
struct bus_client *bus_client_new(
	struct bus *bus, const char *unique_name, bus_client_gone_fn *gone, void *userdata);
void bus_client_free(struct bus_client *client);
const char *bus_client_name(const struct bus_client *client);

static inline void bus_message_unref(DBusMessage *message)
{
	if (message) {
		dbus_message_unref(message);
	}
}
MEM_CLEANUP_OF(DBusMessage *, bus_message_unref);

/*
 * Serves a D-Bus connection from the loop: libdbus's watches as one descriptor, its
 * timeouts as timers; dispatches whenever there are messages.
 */
struct bus_watch;
struct bus_watch *bus_watch_new(struct loop *loop, DBusConnection *connection);
void bus_watch_free(struct bus_watch *watch);
