/* SPDX-License-Identifier: MIT */
#pragma once

#include "dbus/bus.h"

/*
 * D-Bus objects from tables. The row of a method is used to dispatch calls, to check their
 * arguments, and for introspection. Every object supports Introspectable and Properties;
 * libdbus itself implements Peer. A manager object also supports ObjectManager for all objects
 * below it, with signals when they are added and removed.
 *
 * Names of arguments are separated by spaces, one for each complete type of the signature.
 */

struct bus_object;

/*
 * Answers a call whose arguments have the right signature. Returns the reply (a return or
 * an error), which is sent and unreferenced; or NULL if the answer comes later with
 * bus_reply(), for which the handler keeps a reference to `call`.
 */
typedef DBusMessage *bus_method_fn(DBusMessage *call, void *userdata);
/* Appends the value, in the property's type. */
typedef void bus_get_fn(DBusMessageIter *to, void *userdata);

struct bus_method {
	const char *name;
	const char *in, *in_names;
	const char *out, *out_names;
	bus_method_fn *handle;
};

enum bus_property_kind {
	BUS_PROPERTY_TOLD,   /* PropertiesChanged reports its changes */
	BUS_PROPERTY_CONST,  /* never changes */
	BUS_PROPERTY_SILENT, /* its changes are not signalled */
};

struct bus_property {
	const char *name;
	const char *type;
	enum bus_property_kind kind;
	bus_get_fn *get;
};

struct bus_signal {
	const char *name;
	const char *arguments, *names;
};

/* Each array ends with a row without a name; NULL: no rows. */
struct bus_interface {
	const char *name;
	const struct bus_method *methods;
	const struct bus_property *properties;
	const struct bus_signal *signals;
};

/*
 * Creates an object on the bus, below a manager or as a manager. `interface` must outlive it.
 * Returns NULL if the path is taken.
 */
struct bus_object *bus_object_new(struct bus *bus, const char *path,
	const struct bus_interface *interface, struct bus_object *manager, void *userdata);
struct bus_object *bus_manager_new(struct bus *bus, const char *path,
	const struct bus_interface *interface, void *userdata);
/* Free the objects below a manager before the manager. */
void bus_object_free(struct bus_object *object);

const char *bus_object_path(const struct bus_object *object);
struct bus *bus_object_bus(const struct bus_object *object);

/* A property has changed: schedules its signal. Changes in one turn of the loop share a signal. */
void bus_object_changed(struct bus_object *object, const char *property);

/* A signal of the object's interface; the caller fills and sends it. */
DBusMessage *bus_object_signal(struct bus_object *object, const char *name);

/* The introspection XML of an object; `manager` adds ObjectManager. The caller frees it. */
char *bus_introspect(DBusConnection *connection, const char *path,
	const struct bus_interface *interface, bool manager);
