/* SPDX-License-Identifier: MIT */
#pragma once

#include "dbus/bus-object.h"

/* The introspection XML of an object; `manager` adds ObjectManager. The caller frees it. */
char *bus_introspect(DBusConnection *connection, const char *path,
	const struct bus_interface *interface, bool manager);
