/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "dbus/bus.h"
#include "dbus/private-bus.h"

/* Takes the next key='value' from a rule; false at its end, or if it does not have that form. */
static bool take_pair(const char **at, char key[32], char value[PRIVATE_BUS_RULE_MAX])
{
	size_t length = strcspn(*at, "=");
	const char *end;

	if (length == 0 || length >= 32 || strncmp(*at + length, "='", 2) != 0) {
		return false;
	}
	memcpy(key, *at, length);
	key[length] = '\0';
	*at += length + 2;
	end = strchr(*at, '\'');
	if (!end || (size_t)(end - *at) >= PRIVATE_BUS_RULE_MAX) {
		return false;
	}
	memcpy(value, *at, (size_t)(end - *at));
	value[end - *at] = '\0';
	*at = end + (end[1] == ',' ? 2 : 1);
	return true;
}

static bool equal(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool first_argument_is(DBusMessage *signal, const char *value)
{
	const char *first = NULL;

	return dbus_message_get_args(signal, NULL, DBUS_TYPE_STRING, &first, DBUS_TYPE_INVALID) &&
		equal(first, value);
}

/* If `value` is a well-known name, all signals match: a signal does not contain that name. */
static bool sender_is(DBusMessage *signal, const char *value)
{
	const char *sender = dbus_message_get_sender(signal);
	bool of_bus = equal(sender, DBUS_SERVICE_DBUS);

	return strcmp(value, DBUS_SERVICE_DBUS) == 0 ? of_bus
		: *value == ':'			     ? equal(sender, value)
						     : !of_bus;
}

bool private_bus_rule_matches(const char *rule, DBusMessage *signal)
{
	char key[32], value[PRIVATE_BUS_RULE_MAX];

	while (take_pair(&rule, key, value)) {
		bool right = strcmp(key, "type") == 0 ? strcmp(value, "signal") == 0
			: strcmp(key, "sender") == 0  ? sender_is(signal, value)
			: strcmp(key, "interface") == 0
			? equal(dbus_message_get_interface(signal), value)
			: strcmp(key, "member") == 0 ? equal(dbus_message_get_member(signal), value)
			: strcmp(key, "path") == 0   ? equal(dbus_message_get_path(signal), value)
			: strcmp(key, "arg0") == 0   ? first_argument_is(signal, value)
						     : true;

		if (!right) {
			return false;
		}
	}
	return true;
}
