/* SPDX-License-Identifier: MIT */
#include "dbus/bus-object.h"

#include "dbus/bus-variant.h"
#include "dbus/names.h"


enum { BUS_PROPERTIES_MAX = 32 }; /* of an object; bits of `changed` */

struct bus_object {
	struct bus *bus;
	char *path;
	const struct bus_interface *interface;
	void *userdata;
	bool manages;
	struct bus_object *manager;
	struct bus_object *children, *next; /* of a manager */
	uint32_t changed; /* properties to signal, by index */
	struct loop_timer *tell;
};

static void object_append_property(
	const struct bus_object *object, const struct bus_property *property, DBusMessageIter *to)
{
	DBusMessageIter variant;

	dbus_message_iter_open_container(to, DBUS_TYPE_VARIANT, property->type, &variant);
	property->get(&variant, object->userdata);
	dbus_message_iter_close_container(to, &variant);
}

/* The properties whose bit is in `which`, as a{sv}. */
static void object_append_properties(
	const struct bus_object *object, uint32_t which, DBusMessageIter *to)
{
	const struct bus_property *p = object->interface->properties;
	DBusMessageIter dict, entry;

	bus_dict_open(to, &dict);
	for (unsigned i = 0; p && p[i].name; i++) {
		if (which & UINT32_C(1) << i) {
			dbus_message_iter_open_container(
				&dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
			bus_append_string(&entry, p[i].name);
			object_append_property(object, &p[i], &entry);
			dbus_message_iter_close_container(&dict, &entry);
		}
	}
	bus_dict_close(to, &dict);
}

/* a{sa{sv}}: only the object's own interface; the standard ones have no properties. */
static void object_append_interfaces(const struct bus_object *object, DBusMessageIter *to)
{
	DBusMessageIter array, entry;

	dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "{sa{sv}}", &array);
	dbus_message_iter_open_container(&array, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
	bus_append_string(&entry, object->interface->name);
	object_append_properties(object, UINT32_MAX, &entry);
	dbus_message_iter_close_container(&array, &entry);
	dbus_message_iter_close_container(to, &array);
}

static DBusMessage *object_introspect(struct bus_object *object, DBusMessage *call)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	_cleanup_free_ char *xml = bus_introspect(bus_connection(object->bus), object->path,
		object->interface, object->manages);
	DBusMessageIter to;

	dbus_message_iter_init_append(reply, &to);
	bus_append_string(&to, xml);
	return reply;
}

static DBusMessage *object_managed(struct bus_object *object, DBusMessage *call)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	DBusMessageIter to, array, entry;

	dbus_message_iter_init_append(reply, &to);
	dbus_message_iter_open_container(&to, DBUS_TYPE_ARRAY, "{oa{sa{sv}}}", &array);
	for (struct bus_object *child = object->children; child; child = child->next) {
		dbus_message_iter_open_container(&array, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
		dbus_message_iter_append_basic(&entry, DBUS_TYPE_OBJECT_PATH, &child->path);
		object_append_interfaces(child, &entry);
		dbus_message_iter_close_container(&array, &entry);
	}
	dbus_message_iter_close_container(&to, &array);
	return reply;
}

static DBusMessage *object_get(
	struct bus_object *object, DBusMessage *call, const char *interface, const char *name)
{
	const struct bus_property *p = object->interface->properties;

	if (*interface && strcmp(interface, object->interface->name) != 0) {
		return bus_error(call, DBUS_ERROR_UNKNOWN_INTERFACE,
			"Get: %s: this object has no such interface", interface);
	}
	for (; p && p->name; p++) {
		if (strcmp(p->name, name) == 0) {
			DBusMessage *reply = dbus_message_new_method_return(call);
			DBusMessageIter to;

			dbus_message_iter_init_append(reply, &to);
			object_append_property(object, p, &to);
			return reply;
		}
	}
	return bus_error(call, DBUS_ERROR_UNKNOWN_PROPERTY,
		"Get: %s: %s has no such property", name, object->interface->name);
}

static DBusMessage *object_get_all(
	struct bus_object *object, DBusMessage *call, const char *interface)
{
	bool ours = !*interface || strcmp(interface, object->interface->name) == 0;
	DBusMessage *reply = dbus_message_new_method_return(call);
	DBusMessageIter to;

	dbus_message_iter_init_append(reply, &to);
	object_append_properties(object, ours ? UINT32_MAX : 0, &to);
	return reply;
}

static DBusMessage *object_properties(struct bus_object *object, DBusMessage *call)
{
	const char *interface, *name;

	if (dbus_message_has_member(call, "Get") &&
		dbus_message_get_args(call, NULL, DBUS_TYPE_STRING, &interface, DBUS_TYPE_STRING,
			&name, DBUS_TYPE_INVALID)) {
		return object_get(object, call, interface, name);
	}
	if (dbus_message_has_member(call, "GetAll") &&
		dbus_message_get_args(
			call, NULL, DBUS_TYPE_STRING, &interface, DBUS_TYPE_INVALID)) {
		return object_get_all(object, call, interface);
	}
	if (dbus_message_has_member(call, "Set")) {
		return dbus_message_new_error(call, DBUS_ERROR_PROPERTY_READ_ONLY,
			"Set: all properties are read-only");
	}
	return bus_error(call, DBUS_ERROR_INVALID_ARGS,
		"%s(%s): no such method with these arguments: Get(ss), GetAll(s)",
		dbus_message_get_member(call), dbus_message_get_signature(call));
}

static DBusHandlerResult object_method(struct bus_object *object, DBusMessage *call)
{
	const char *member = dbus_message_get_member(call);
	const struct bus_method *m = object->interface->methods;

	while (m && m->name && strcmp(m->name, member) != 0) {
		m++;
	}
	if (!m || !m->name) {
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED; /* libdbus answers UnknownMethod */
	}
	if (!dbus_message_has_signature(call, m->in)) {
		bus_reply(object->bus, call,
			bus_error(call, DBUS_ERROR_INVALID_ARGS,
				"%s: (%s): must have the arguments (%s)", member,
				dbus_message_get_signature(call), m->in));
		return DBUS_HANDLER_RESULT_HANDLED;
	}
	bus_reply(object->bus, call, m->handle(call, object->userdata));
	return DBUS_HANDLER_RESULT_HANDLED;
}

static DBusHandlerResult object_on_message(
	DBusConnection *connection, DBusMessage *call, void *data)
{
	struct bus_object *object = data;
	const char *interface = dbus_message_get_interface(call);
	DBusMessage *reply;

	if (dbus_message_get_type(call) != DBUS_MESSAGE_TYPE_METHOD_CALL) {
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
	}
	if (!interface || strcmp(interface, object->interface->name) == 0) {
		return object_method(object, call);
	}
	if (dbus_message_is_method_call(call, DBUS_INTERFACE_INTROSPECTABLE, "Introspect")) {
		reply = object_introspect(object, call);
	} else if (strcmp(interface, DBUS_INTERFACE_PROPERTIES) == 0) {
		reply = object_properties(object, call);
	} else if (object->manages && dbus_message_is_method_call(call,
					      OBJECT_MANAGER_INTERFACE, "GetManagedObjects")) {
		reply = object_managed(object, call);
	} else {
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
	}
	bus_reply(object->bus, call, reply);
	return DBUS_HANDLER_RESULT_HANDLED;
}

static void object_tell_changes(void *userdata)
{
	struct bus_object *object = userdata;
	DBusMessage *signal = dbus_message_new_signal(
		object->path, DBUS_INTERFACE_PROPERTIES, "PropertiesChanged");
	DBusMessageIter to, invalidated;

	dbus_message_iter_init_append(signal, &to);
	bus_append_string(&to, object->interface->name);
	object_append_properties(object, object->changed, &to);
	dbus_message_iter_open_container(&to, DBUS_TYPE_ARRAY, "s", &invalidated);
	dbus_message_iter_close_container(&to, &invalidated);
	object->changed = 0;
	bus_send(object->bus, signal);
}

static void object_tell_added(struct bus_object *object)
{
	DBusMessage *signal = dbus_message_new_signal(
		object->manager->path, OBJECT_MANAGER_INTERFACE, "InterfacesAdded");
	DBusMessageIter to;

	dbus_message_iter_init_append(signal, &to);
	dbus_message_iter_append_basic(&to, DBUS_TYPE_OBJECT_PATH, &object->path);
	object_append_interfaces(object, &to);
	bus_send(object->bus, signal);
}

static void object_tell_removed(struct bus_object *object)
{
	DBusMessage *signal = dbus_message_new_signal(
		object->manager->path, OBJECT_MANAGER_INTERFACE, "InterfacesRemoved");
	DBusMessageIter to, interfaces;

	dbus_message_iter_init_append(signal, &to);
	dbus_message_iter_append_basic(&to, DBUS_TYPE_OBJECT_PATH, &object->path);
	dbus_message_iter_open_container(&to, DBUS_TYPE_ARRAY, "s", &interfaces);
	bus_append_string(&interfaces, object->interface->name);
	dbus_message_iter_close_container(&to, &interfaces);
	bus_send(object->bus, signal);
}

struct bus_object *bus_object_new(struct bus *bus, const char *path,
	const struct bus_interface *interface, struct bus_object *manager, void *userdata)
{
	static const DBusObjectPathVTable table = {.message_function = object_on_message};
	struct bus_object *object = mem_new(struct bus_object);

	*object = (struct bus_object){
		.bus = bus,
		.path = mem_strdup(path),
		.interface = interface,
		.userdata = userdata,
	};
	if (!dbus_connection_try_register_object_path(
		    bus_connection(bus), path, &table, object, NULL)) {
		free(object->path);
		free(object);
		return NULL;
	}
	object->tell = loop_timer_new(bus_loop(bus), object_tell_changes, object);
	if (manager) {
		object->manager = manager;
		object->next = manager->children;
		manager->children = object;
		object_tell_added(object);
	}
	return object;
}

struct bus_object *bus_manager_new(
	struct bus *bus, const char *path, const struct bus_interface *interface, void *userdata)
{
	struct bus_object *object = bus_object_new(bus, path, interface, NULL, userdata);

	if (object) {
		object->manages = true;
	}
	return object;
}

void bus_object_free(struct bus_object *object)
{
	if (!object) {
		return;
	}
	dbus_connection_unregister_object_path(bus_connection(object->bus), object->path);
	loop_timer_free(object->tell);
	if (object->manager) {
		struct bus_object **at = &object->manager->children;

		while (*at != object) {
			at = &(*at)->next;
		}
		*at = object->next;
		object_tell_removed(object);
	}
	free(object->path);
	free(object);
}

const char *bus_object_path(const struct bus_object *object)
{
	return object->path;
}

struct bus *bus_object_bus(const struct bus_object *object)
{
	return object->bus;
}

void bus_object_changed(struct bus_object *object, const char *property)
{
	const struct bus_property *p = object->interface->properties;

	for (unsigned i = 0; i < BUS_PROPERTIES_MAX && p[i].name; i++) {
		if (strcmp(p[i].name, property) == 0) {
			if (!object->changed) {
				loop_timer_set(object->tell, 0);
			}
			object->changed |= UINT32_C(1) << i;
		}
	}
}

DBusMessage *bus_object_signal(struct bus_object *object, const char *name)
{
	return dbus_message_new_signal(object->path, object->interface->name, name);
}
