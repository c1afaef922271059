/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A message bus for places without a session bus, such as containers. It is a process of its
 * own, which ends when savecastd ends. It implements what savecastd, savecast and the editors'
 * plugins need: unique and well-known names, calls and their answers, signals and match
 * rules. Only processes of this user can connect.
 *
 * Calls to savecastd's name wait until savecastd owns it, as on a session bus that starts
 * savecastd on demand.
 */

#include <stdbool.h>

#include <dbus/dbus.h>

enum {
	PRIVATE_BUS_PEERS_MAX = 64,	 /* connections; more are closed */
	PRIVATE_BUS_NAMES_MAX = 16,	 /* well-known names, all together */
	PRIVATE_BUS_WAITING_MAX = 64,	 /* calls that wait for savecastd */
	PRIVATE_BUS_RULES_MAX = 256,	 /* of one connection */
	PRIVATE_BUS_RULE_MAX = 512,	 /* bytes */
	PRIVATE_BUS_BYTES_MAX = 16 << 20, /* of a message, and of all that wait for one client */
};

/*
 * Starts it; to be called before anything else is created. `address` is where it listens (the
 * caller frees it). Returns -EEXIST and the address if another savecastd has the bus;
 * or another negative errno and why (the caller frees it).
 */
int private_bus_start(char **address, char **why);

/*
 * The process of the bus (private-bus-router.c): listens at `address`; writes a zero byte to
 * `ready`, or why it cannot listen; and serves until savecastd has disconnected or SIGTERM comes.
 */
void private_bus_route(const char *address, int ready);

/*
 * Whether a match rule selects the signal. Unknown keys are ignored, and so is everything
 * after a part that is not key='value'.
 */
bool private_bus_rule_matches(const char *rule, DBusMessage *signal);
