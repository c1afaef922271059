/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * savecastd with a bus of its own, where there is no session bus: in containers, and for
 * accounts without a login session. It is found by the socket of that bus, see
 * util/private-folder.h.
 */

/* The address of its bus, if its socket is there; the caller frees it. Otherwise NULL. */
char *private_daemon_address(void);

/*
 * Starts `savecastd --private-bus` in the background: the one beside this program, or that
 * of the search path. It logs to `log` in the private folder, and outlives this program. Sets
 * DBUS_SESSION_BUS_ADDRESS. Returns false and why (the caller frees it) if it does not start.
 */
bool private_daemon_start(char **why);
