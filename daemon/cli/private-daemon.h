/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * savecastd with a message bus of its own, for containers and accounts without a session bus.
 * Other commands find it by the socket of that bus, see file_private_folder().
 */

/* The address of its bus if the socket exists; the caller frees it. Otherwise NULL. */
char *private_daemon_address(void);

/*
 * Starts `savecastd --private-bus` in the background: the one in this program's folder, or
 * the one in $PATH. It logs to `log` in the private folder, and outlives this program. Sets
 * DBUS_SESSION_BUS_ADDRESS. Returns false and why (the caller frees it) if it does not start.
 */
bool private_daemon_start(char **why);
