/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "project/finder.h"
#include "util/mounts-leads.h"
#include "util/mounts.h"
#include "util/pathname.h"

/* Calls about files on a mount that may not answer: only their callers wait for it. */

enum { WAITING_MAX = 256 };

struct waiting_call {
	DBusMessage *call;
	bus_method_fn *method;
	struct waiting_call *next;
};

static DBusMessage *too_many(DBusMessage *call, const char *name)
{
	_cleanup_free_ char *folder = mounts_of(name);

	return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
		"%s: %.200s: %d calls wait for this file system to answer",
		dbus_message_get_member(call), folder ? folder : name, WAITING_MAX);
}

static void wait_add(struct daemon_api *api, DBusMessage *call, bus_method_fn *method)
{
	struct waiting_call **end = &api->waiting_calls;

	while (*end) {
		end = &(*end)->next;
	}
	*end = mem_new(struct waiting_call);
	**end = (struct waiting_call){.call = dbus_message_ref(call), .method = method};
	api->waiting_call_count++;
}

char *daemon_api_mount_of(struct daemon_api *api, const char *name)
{
	unsigned leads = mounts_lead_count();
	char *folder = mounts_of(name);

	if (!folder && mounts_any() && !registry_lookup(api->parts.registry, name)) {
		struct finder_look look;

		finder_look(name, &look);
		finder_look_clear(&look);
		folder = mounts_lead_count() != leads ? mounts_of(name) : NULL;
	}
	return folder;
}

bool daemon_api_must_wait(
	struct daemon_api *api, DBusMessage *call, bus_method_fn *method, DBusMessage **reply)
{
	_cleanup_free_ char *name = NULL, *mount = NULL;
	const char *text, *why;
	DBusMessageIter argument;

	dbus_message_iter_init(call, &argument);
	dbus_message_iter_get_basic(&argument, &text);
	if (api->answers_waiting || pathname_from_text(text, &name, &why) < 0) {
		return false;
	}
	mount = daemon_api_mount_of(api, name);
	if (!mount) {
		return false;
	}
	*reply = NULL;
	if (api->waiting_call_count == WAITING_MAX) {
		*reply = too_many(call, name);
		return true;
	}
	wait_add(api, call, method);
	if (mounts_ready(name)) {
		daemon_api_mount_answers(api);
	}
	return true;
}

DBusMessage *daemon_api_wait(struct daemon_api *api, DBusMessage *call, bus_method_fn *method)
{
	if (api->waiting_call_count == WAITING_MAX) {
		return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"%s: %d calls wait for a file system to answer",
			dbus_message_get_member(call), WAITING_MAX);
	}
	wait_add(api, call, method);
	return NULL;
}

bool daemon_api_must_wait_for_state(
	struct daemon_api *api, DBusMessage *call, bus_method_fn *method, DBusMessage **reply)
{
	if (!state_is_unread(api->parts.state)) {
		return false;
	}
	*reply = daemon_api_wait(api, call, method);
	return true;
}

/* A call that failed because its mount stopped answering meanwhile waits again. */
static void wait_end(struct daemon_api *api, DBusMessage *call, bus_method_fn *method)
{
	unsigned refused = mounts_refused();
	DBusMessage *reply = method(call, api);

	if (reply && mounts_refused() != refused &&
		dbus_message_get_type(reply) == DBUS_MESSAGE_TYPE_ERROR) {
		dbus_message_unref(reply);
		wait_add(api, call, method);
	} else if (reply) {
		bus_reply(api->parts.bus, call, reply);
	}
}

void daemon_api_mount_answers(struct daemon_api *api)
{
	struct waiting_call *call = mem_steal(api->waiting_calls);

	api->waiting_call_count = 0;
	api->answers_waiting = true;
	while (call) {
		_cleanup_free_ struct waiting_call *this = call;

		wait_end(api, this->call, this->method);
		dbus_message_unref(this->call);
		call = this->next;
	}
	api->answers_waiting = false;
}

void daemon_api_drop_waiting(struct daemon_api *api)
{
	while (api->waiting_calls) {
		struct waiting_call *call = api->waiting_calls;

		api->waiting_calls = call->next;
		dbus_message_unref(call->call);
		free(call);
	}
}
