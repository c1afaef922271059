/* SPDX-License-Identifier: MIT */
#pragma once

#include "api/daemon-bus.h"
#include "bus/bus-object.h"

/* What the files of io.github.savecast.Daemon1 share. */

struct project_object {
	struct project *project;
	struct bus_object *object;
	struct project_object *next;
};

struct subscriber {
	struct bus_client *client;
	struct subscriber *next;
};

struct holder {
	struct bus_client *client;
	struct holder *next;
};

struct daemon_api {
	struct daemon_api_parts parts;
	struct bus_object *object;
	struct project_object *projects;
	struct subscriber *subscribers;
	unsigned subscriber_count;
	struct holder *holders;
};

#define ERROR_NO_PROJECT "io.github.savecast.Error.NoProject"

/* The first argument as a folder's name. Returns an error to send, or NULL. */
DBusMessage *daemon_api_read_root(DBusMessage *call, char **root);

/* Methods: daemon-holds-bus.c */
bus_method_fn daemon_api_hold;
bus_method_fn daemon_api_release;
bus_method_fn daemon_api_release_failed;
void daemon_api_drop_holders(struct daemon_api *api);

/* Methods: daemon-methods-bus.c */
bus_method_fn daemon_api_saved;
bus_method_fn daemon_api_track;
bus_method_fn daemon_api_untrack;
bus_method_fn daemon_api_reload;

/* Methods: daemon-lists-bus.c */
bus_method_fn daemon_api_list_events;
bus_method_fn daemon_api_list_tabs;

/* Methods: daemon-subscribers-bus.c */
bus_method_fn daemon_api_subscribe;
bus_method_fn daemon_api_unsubscribe;
void daemon_api_drop_subscribers(struct daemon_api *api);
