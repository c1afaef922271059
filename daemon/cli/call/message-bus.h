/* SPDX-License-Identifier: MIT */
#pragma once

/* D-Bus messages out of calls, and JSON out of messages. */

#include <dbus/dbus.h>

#include "cli/call/client-bus.h"

static inline void message_unref(DBusMessage *message)
{
	if (message) {
		dbus_message_unref(message);
	}
}
MEM_CLEANUP_OF(DBusMessage *, message_unref);

/* The caller unrefs it. Strings of `method` must be UTF-8. */
DBusMessage *message_from_method(const struct client_method *method);

/*
 * An array of the message's arguments, whatever they are: strings, paths and
 * signatures are strings, arrays and structs are arrays, dictionaries are
 * objects, variants are what is in them. What JSON cannot carry as a number (a
 * large t, a NaN) is a string or null. The caller drops it.
 */
json_t *message_to_json(DBusMessage *message);
