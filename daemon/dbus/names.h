/* SPDX-License-Identifier: MIT */
#pragma once

/* The D-Bus names of the interfaces in protocol/, for the daemon and the command line. */

#define DAEMON_NAME "io.github.savecast.Daemon1" /* the bus name and the interface */
#define DAEMON_OBJECT "/io/github/savecast/Daemon1"
#define PROJECT_INTERFACE "io.github.savecast.Project1"
#define OBJECT_MANAGER_INTERFACE "org.freedesktop.DBus.ObjectManager"

/* Errors of Daemon1. */
#define ERROR_NO_EXTENSION "io.github.savecast.Error.NoExtension"
#define ERROR_NO_HOLD "io.github.savecast.Error.NoHold"
#define ERROR_NO_PROJECT "io.github.savecast.Error.NoProject"
#define ERROR_NO_SCREENSHOT "io.github.savecast.Error.NoScreenshot"
#define ERROR_NOT_STORED "io.github.savecast.Error.NotStored"
#define ERROR_NOT_TRACKED "io.github.savecast.Error.NotTracked"
