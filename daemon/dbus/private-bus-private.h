/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by the files of the private bus's process: its connections and their names. */

#include "dbus/bus.h"
#include "dbus/names.h"
#include "dbus/private-bus.h"
#include "util/mem.h"

struct bus_router;

struct peer {
	struct bus_router *router;
	DBusConnection *connection;
	struct bus_watch *watch;
	char name[16]; /* ":1.7"; "" before Hello */
	char *rules[PRIVATE_BUS_RULES_MAX];
	size_t rule_count;
	bool gone;
	struct peer *next;
};

struct owned {
	char *name;
	struct peer *owner;
};

struct bus_router {
	struct loop *loop;
	DBusServer *server;
	struct loop_fd *listening;
	struct loop_timer *sweep;
	struct peer *peers;
	unsigned peer_count, next_name;
	struct owned names[PRIVATE_BUS_NAMES_MAX];
	size_t name_count;
	DBusMessage *waiting[PRIVATE_BUS_WAITING_MAX]; /* calls for savecastd, with their senders */
	size_t waiting_count;
	bool daemon_was_there;
};

void peer_send(struct peer *peer, DBusMessage *message);
/* Answers a call with an error of the bus itself. */
void peer_refuse(struct peer *peer, DBusMessage *call, const char *error, const char *why);
/* A call to the bus itself. */
void peer_ask_bus(struct peer *peer, DBusMessage *call);

/* The connection that has this name, unique or well-known; or NULL. */
struct peer *bus_router_find(struct bus_router *router, const char *name);
void bus_router_name_changed(
	struct bus_router *router, const char *name, const char *before, const char *after);
