/* SPDX-License-Identifier: MIT */
#pragma once

#include <dbus/dbus.h>

#include "util/loop.h"

/*
 * Serves a D-Bus connection from the loop: libdbus's watches as one descriptor,
 * its time-outs as timers, and dispatching whenever messages are there.
 */
struct bus_watch;
struct bus_watch *bus_watch_new(struct loop *loop, DBusConnection *connection);
void bus_watch_free(struct bus_watch *watch);
