/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "dbus/bus-variant.h"

/* Pair, and the property Extensions. */


void daemon_api_get_extensions(DBusMessageIter *to, void *userdata)
{
	struct daemon_api *api = userdata;
	const struct extensions *extensions = browsers_extensions(api->parts.browsers);
	DBusMessageIter array, dict;

	dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "a{sv}", &array);
	for (size_t i = 0; i < extensions->count; i++) {
		const struct extension *extension = &extensions->items[i];

		bus_dict_open(&array, &dict);
		bus_dict_string(&dict, "code", extension->code);
		bus_dict_string(&dict, "state", extension->known ? "known" : "waiting");
		bus_dict_string(&dict, "origin", extension->origin);
		bus_dict_string(&dict, "browser", extension->browser);
		bus_dict_close(&array, &dict);
	}
	dbus_message_iter_close_container(to, &array);
}

void daemon_api_extensions_changed(struct daemon_api *api)
{
	bus_object_changed(api->object, "Extensions");
}

DBusMessage *daemon_api_pair(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	struct browsers *browsers = api->parts.browsers;
	const struct extension *extension;
	dbus_bool_t revoke = false;
	DBusMessageIter argument;
	DBusMessage *reply;
	const char *code;

	dbus_message_iter_init(call, &argument);
	dbus_message_iter_get_basic(&argument, &code);
	dbus_message_iter_next(&argument);
	if (bus_dict_find(&argument, "revoke", DBUS_TYPE_BOOLEAN, &revoke) < 0) {
		return dbus_message_new_error(call, DBUS_ERROR_INVALID_ARGS,
			"Pair: options: \"revoke\" must be a b");
	}
	extension = extensions_find(browsers_extensions(browsers), code);
	if (!extension) {
		return bus_error(call, ERROR_NO_EXTENSION,
			"Pair: code: %.200s: no browser extension with this code waits or is known: open "
			"the extension's popup, which shows the code, and try again",
			code);
	}
	reply = dbus_message_new_method_return(call);
	dbus_message_append_args(reply, DBUS_TYPE_STRING, &extension->origin, DBUS_TYPE_INVALID);
	if (revoke) {
		browsers_unpair(browsers, code);
	} else if (!browsers_pair(browsers, code)) {
		dbus_message_unref(reply);
		return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"Pair: code: %.200s: %d extensions are known already: revoke some", code,
			EXTENSIONS_MAX);
	}
	state_store_extensions(
		api->parts.state, daemon_api_stored, daemon_api_storing(api, call, reply));
	return NULL;
}
