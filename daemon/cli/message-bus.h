/* SPDX-License-Identifier: MIT */
#pragma once

/* Converts calls to D-Bus messages, and messages to JSON. */

#include <dbus/dbus.h>

#include "cli/client-bus.h"

static inline void message_unref(DBusMessage *message)
{
	if (message) {
		dbus_message_unref(message);
	}
}
MEM_CLEANUP_OF(DBusMessage *, message_unref);

/* The caller unrefs it. Bytes of its strings that are not UTF-8 become U+FFFD. */
DBusMessage *message_from_method(const struct client_method *method);

/*
 * An array of the message's arguments, of any type: strings, object paths and signatures
 * become strings, arrays and structs become arrays, dictionaries become objects, and a variant
 * becomes its value. A number that JSON cannot hold becomes a string (a large t) or null (a NaN).
 * The caller drops it.
 */
json_t *message_to_json(DBusMessage *message);
