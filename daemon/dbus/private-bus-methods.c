/* SPDX-License-Identifier: MIT */
/*
 * The methods of org.freedesktop.DBus that the private bus implements: those that our programs
 * call.
 */
#include "dbus/private-bus-private.h"

#include <stdio.h>
#include <unistd.h>

static void peer_add_rule(struct peer *peer, const char *rule)
{
	if (peer->rule_count < PRIVATE_BUS_RULES_MAX && strlen(rule) < PRIVATE_BUS_RULE_MAX) {
		peer->rules[peer->rule_count++] = mem_strdup(rule);
	}
}

static void peer_remove_rule(struct peer *peer, const char *rule)
{
	for (size_t i = 0; i < peer->rule_count; i++) {
		if (strcmp(peer->rules[i], rule) == 0) {
			free(peer->rules[i]);
			peer->rules[i] = peer->rules[--peer->rule_count];
			return;
		}
	}
}

/* Answers as the bus itself. Unrefs `reply`. */
static void peer_reply(struct peer *peer, DBusMessage *call, DBusMessage *reply)
{
	if (!reply) {
		mem_out();
	}
	if (!dbus_message_get_no_reply(call)) {
		dbus_message_set_sender(reply, DBUS_SERVICE_DBUS);
		dbus_message_set_destination(reply, peer->name);
		peer_send(peer, reply);
	}
	dbus_message_unref(reply);
}

void peer_refuse(struct peer *peer, DBusMessage *call, const char *error, const char *why)
{
	if (dbus_message_get_type(call) == DBUS_MESSAGE_TYPE_METHOD_CALL) {
		peer_reply(peer, call, dbus_message_new_error(call, error, why));
	}
}

static void peer_take_name(struct peer *peer, const char *name, dbus_uint32_t *result)
{
	struct bus_router *router = peer->router;
	struct peer *owner = bus_router_find(router, name);

	*result = owner == peer ? DBUS_REQUEST_NAME_REPLY_ALREADY_OWNER
				: DBUS_REQUEST_NAME_REPLY_EXISTS;
	if (owner || router->name_count == PRIVATE_BUS_NAMES_MAX) {
		return;
	}
	router->names[router->name_count++] =
		(struct owned){.name = mem_strdup(name), .owner = peer};
	*result = DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER;
	bus_router_name_changed(router, name, "", peer->name);
	if (strcmp(name, DAEMON_NAME) == 0) {
		router->daemon_was_there = true;
		for (size_t i = 0; i < router->waiting_count; i++) {
			peer_send(peer, router->waiting[i]);
			dbus_message_unref(router->waiting[i]);
		}
		router->waiting_count = 0;
	}
}

static void peer_hello(struct peer *peer, DBusMessage *call)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	const char *name = peer->name;

	if (*peer->name) {
		bus_message_unref(reply);
		peer_refuse(peer, call, DBUS_ERROR_FAILED, "Hello was called before");
		return;
	}
	snprintf(peer->name, sizeof peer->name, ":1.%u", peer->router->next_name++);
	dbus_message_append_args(reply, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID);
	peer_reply(peer, call, reply);
	bus_router_name_changed(peer->router, peer->name, "", peer->name);
}

/* Prepares the answer to a call about one name; NULL: it was an error, which has been sent. */
static DBusMessage *peer_ask_name(struct peer *peer, DBusMessage *call, const char *member)
{
	DBusMessage *reply = NULL;
	struct peer *owner;
	const char *name;
	dbus_uint32_t number = 1;
	unsigned long id = 0;
	dbus_bool_t there;

	if (!dbus_message_get_args(call, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID)) {
		peer_refuse(peer, call, DBUS_ERROR_INVALID_ARGS, "takes a name");
		return NULL;
	}
	owner = bus_router_find(peer->router, name);
	there = owner != NULL || strcmp(name, DBUS_SERVICE_DBUS) == 0;
	if (strcmp(member, "NameHasOwner") == 0) {
		reply = dbus_message_new_method_return(call);
		dbus_message_append_args(reply, DBUS_TYPE_BOOLEAN, &there, DBUS_TYPE_INVALID);
		return reply;
	}
	if (!there) {
		peer_refuse(peer, call,
			strcmp(member, "StartServiceByName") == 0 ? DBUS_ERROR_SERVICE_UNKNOWN
								  : DBUS_ERROR_NAME_HAS_NO_OWNER,
			"no client has this name");
		return NULL;
	}
	reply = dbus_message_new_method_return(call);
	if (strcmp(member, "GetNameOwner") == 0) {
		const char *unique = owner ? owner->name : DBUS_SERVICE_DBUS;

		dbus_message_append_args(reply, DBUS_TYPE_STRING, &unique, DBUS_TYPE_INVALID);
		return reply;
	}
	if (strcmp(member, "StartServiceByName") == 0) {
		number = DBUS_START_REPLY_ALREADY_RUNNING;
	} else if (strcmp(member, "GetConnectionUnixUser") == 0) {
		number = (dbus_uint32_t)getuid(); /* other users cannot connect */
	} else if (owner && dbus_connection_get_unix_process_id(owner->connection, &id)) {
		number = (dbus_uint32_t)id;
	}
	dbus_message_append_args(reply, DBUS_TYPE_UINT32, &number, DBUS_TYPE_INVALID);
	return reply;
}

static DBusMessage *peer_list_names(struct peer *peer, DBusMessage *call)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	DBusMessageIter iter, array;
	const char *name = DBUS_SERVICE_DBUS;

	dbus_message_iter_init_append(reply, &iter);
	dbus_message_iter_open_container(&iter, DBUS_TYPE_ARRAY, "s", &array);
	dbus_message_iter_append_basic(&array, DBUS_TYPE_STRING, &name);
	for (struct peer *one = peer->router->peers; one; one = one->next) {
		name = one->name;
		if (*name && !one->gone) {
			dbus_message_iter_append_basic(&array, DBUS_TYPE_STRING, &name);
		}
	}
	for (size_t i = 0; i < peer->router->name_count; i++) {
		dbus_message_iter_append_basic(
			&array, DBUS_TYPE_STRING, &peer->router->names[i].name);
	}
	dbus_message_iter_close_container(&iter, &array);
	return reply;
}

static DBusMessage *peer_request_name(struct peer *peer, DBusMessage *call)
{
	DBusMessage *reply;
	dbus_uint32_t flags, result;
	const char *name;

	if (!dbus_message_get_args(call, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_UINT32, &flags,
		    DBUS_TYPE_INVALID) ||
		!dbus_validate_bus_name(name, NULL) || *name == ':') {
		peer_refuse(peer, call, DBUS_ERROR_INVALID_ARGS, "takes a name and flags");
		return NULL;
	}
	reply = dbus_message_new_method_return(call);
	peer_take_name(peer, name, &result);
	dbus_message_append_args(reply, DBUS_TYPE_UINT32, &result, DBUS_TYPE_INVALID);
	return reply;
}

void peer_ask_bus(struct peer *peer, DBusMessage *call)
{
	static const char *const of_a_name[] = {"NameHasOwner", "GetNameOwner",
		"StartServiceByName", "GetConnectionUnixUser", "GetConnectionUnixProcessID"};
	const char *member = dbus_message_get_member(call);
	DBusMessage *reply = NULL;

	if (dbus_message_get_type(call) != DBUS_MESSAGE_TYPE_METHOD_CALL) {
		return;
	}
	for (size_t i = 0; i < COUNT_OF(of_a_name); i++) {
		if (strcmp(member, of_a_name[i]) == 0) {
			reply = peer_ask_name(peer, call, member);
			if (reply) {
				peer_reply(peer, call, reply);
			}
			return;
		}
	}
	if (strcmp(member, "Hello") == 0) {
		peer_hello(peer, call);
		return;
	}
	if (strcmp(member, "RequestName") == 0) {
		reply = peer_request_name(peer, call);
		if (!reply) {
			return;
		}
	} else if (strcmp(member, "ListNames") == 0) {
		reply = peer_list_names(peer, call);
	} else if (strcmp(member, "AddMatch") == 0 || strcmp(member, "RemoveMatch") == 0) {
		const char *rule = "";

		dbus_message_get_args(call, NULL, DBUS_TYPE_STRING, &rule, DBUS_TYPE_INVALID);
		(*member == 'A' ? peer_add_rule : peer_remove_rule)(peer, rule);
		reply = dbus_message_new_method_return(call);
	} else {
		peer_refuse(peer, call, DBUS_ERROR_UNKNOWN_METHOD, "this bus does not have it");
		return;
	}
	peer_reply(peer, call, reply);
}
