/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by the files of the private bus's process: its connections and their names. */

#include "dbus/bus.h"
#include "dbus/names.h"
#include "dbus/private-bus.h"
#include "util/mem.h"


struct router;

struct peer {
	struct router *router;
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

struct router {
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
struct peer *router_find(struct router *router, const char *name);
void router_name_changed(
	struct router *router, const char *name, const char *before, const char *after);
