/* SPDX-License-Identifier: MIT */

/*
 * Any bytes as a message on the bus: the options of a query of the ledger, and their fields.
 * libdbus checks the form: the daemon receives only messages that libdbus accepts.
 */

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "dbus/bus-variant.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(DBusMessage *message)
{
	static const struct {
		const char *key;
		int type;
	} options[] = {{"after", DBUS_TYPE_UINT64}, {"limit", DBUS_TYPE_UINT32},
		{"wait", DBUS_TYPE_BOOLEAN}, {"source", DBUS_TYPE_STRING}};

	for (size_t i = 0; i < COUNT_OF(options); i++) {
		DBusMessageIter at;
		DBusBasicValue value;
		int r;

		dbus_message_iter_init(message, &at);
		r = bus_dict_find(&at, options[i].key, options[i].type, &value);
		assert(r == 0 || r == 1 || r == -EINVAL);
		if (r == 1 && options[i].type == DBUS_TYPE_STRING) {
			assert(strlen(value.str) < DBUS_MAXIMUM_MESSAGE_LENGTH);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DBusError error = DBUS_ERROR_INIT;
	DBusMessage *message = dbus_message_demarshal((const char *)data, (int)size, &error);

	if (message && dbus_message_has_signature(message, "a{sv}")) {
		look(message);
	}
	if (message) {
		dbus_message_unref(message);
	}
	dbus_error_free(&error);
	return 0;
}
