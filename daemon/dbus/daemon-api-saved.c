/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "util/pathname.h"

/* Saved. */

enum {
	SAVED_FILES_MAX = 4096,
	NAMES_AT_ONCE = 64,
	/* components of all names: the loop checks each, which takes a few milliseconds */
	COMPONENTS_AT_ONCE = 512,
};

DBusMessage *daemon_api_return_event(DBusMessage *call, uint64_t serial)
{
	DBusMessage *reply = dbus_message_new_method_return(call);

	dbus_message_append_args(reply, DBUS_TYPE_UINT64, &serial, DBUS_TYPE_INVALID);
	return reply;
}

DBusMessage *daemon_api_read_name(
	DBusMessage *call, DBusMessageIter *at, size_t i, char **name)
{
	const char *text, *why;

	dbus_message_iter_get_basic(at, &text);
	if (pathname_from_text(text, name, &why) < 0) {
		return bus_error(call, DBUS_ERROR_INVALID_ARGS,
			"Saved: files[%zu]: %.200s: %s", i, text, why);
	}
	dbus_message_iter_next(at);
	return NULL;
}

static bool are_many(char *const *names, size_t count)
{
	size_t components = 0;

	for (size_t i = 0; i < count && components <= COMPONENTS_AT_ONCE; i++) {
		for (const char *at = names[i]; (at = strchr(at, '/')); at++) {
			components++;
		}
	}
	return components > COMPONENTS_AT_ONCE;
}

static DBusMessage *save_now(
	struct daemon_api *api, DBusMessage *call, char **names, size_t count)
{
	bool many = are_many(names, count);
	char *folder = NULL;

	for (size_t i = 0; i < count && !folder && !many; i++) {
		folder = daemon_api_mount_of(api, names[i]);
	}
	if (folder || many) {
		return daemon_api_save_by_worker(api, call, folder, names, count);
	}
	for (size_t i = 0; i < count; i++) {
		settings_saved(api->parts.settings, names[i]);
	}
	return daemon_api_return_event(
		call, pipeline_saved(api->parts.pipeline, names, count, NULL));
}

DBusMessage *daemon_api_saved(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	char *names[NAMES_AT_ONCE];
	DBusMessageIter array, at;
	DBusMessage *reply = NULL;
	size_t count, read = 0;

	dbus_message_iter_init(call, &array);
	count = (size_t)dbus_message_iter_get_element_count(&array);
	if (count == 0) {
		return dbus_message_new_error(call, DBUS_ERROR_INVALID_ARGS,
			"Saved: files: none: must name at least one file");
	}
	if (count > SAVED_FILES_MAX) {
		return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"Saved: files: %zu: must be at most %d per call; make several calls", count,
			SAVED_FILES_MAX);
	}
	dbus_message_iter_recurse(&array, &at);
	if (count > NAMES_AT_ONCE) {
		return daemon_api_save_in_portions(api, call, &at, count);
	}
	while (read < count && !reply) {
		names[read] = NULL;
		reply = daemon_api_read_name(call, &at, read, &names[read]);
		read++;
	}
	if (!reply) {
		reply = save_now(api, call, names, count);
	}
	for (size_t i = 0; i < read; i++) {
		free(names[i]);
	}
	return reply;
}
