/* SPDX-License-Identifier: MIT */
#include "dbus/event-api.h"

#include "dbus/bus-variant.h"

void event_bus_append_step(
	DBusMessageIter *to, const struct event *event, const struct step *step)
{
	DBusMessageIter dict;

	bus_dict_open(to, &dict);
	bus_dict_u64(&dict, "at", step->at_usec);
	bus_dict_string(&dict, "step", step_kind_name(step->kind));
	bus_dict_string(&dict, "text", step_text(event, step));
	if (step->in_tab) {
		bus_dict_u32(&dict, "browser", step->browser);
		bus_dict_u64(&dict, "tab", step->tab);
	}
	bus_dict_close(to, &dict);
}

static void append_steps(DBusMessageIter *dict, const struct event *event)
{
	DBusMessageIter entry, variant, array;
	const char *key = "steps";

	dbus_message_iter_open_container(dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
	dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &key);
	dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, "aa{sv}", &variant);
	dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "a{sv}", &array);
	for (size_t i = 0; i < event->step_count; i++) {
		event_bus_append_step(&array, event, &event->steps[i]);
	}
	dbus_message_iter_close_container(&variant, &array);
	dbus_message_iter_close_container(&entry, &variant);
	dbus_message_iter_close_container(dict, &entry);
}

void event_bus_append(DBusMessageIter *to, const struct event *event)
{
	DBusMessageIter dict;

	bus_dict_open(to, &dict);
	bus_dict_u64(&dict, "serial", event->serial);
	bus_dict_string(&dict, "source", event_source_name(event->source));
	if (event->root) {
		bus_dict_pathname(&dict, "project", event->root);
	}
	bus_dict_pathnames(&dict, "files", event->files, event->files_kept);
	bus_dict_u32(&dict, "file-count", (uint32_t)event->file_count);
	bus_dict_u64(&dict, "time", event->wall_usec);
	bus_dict_u64(&dict, "started", event->started_usec);
	bus_dict_bool(&dict, "closed", event->closed);
	append_steps(&dict, event);
	bus_dict_close(to, &dict);
}
