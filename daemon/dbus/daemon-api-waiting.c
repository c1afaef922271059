/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

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

bool daemon_api_must_wait(
	struct daemon_api *api, DBusMessage *call, bus_method_fn *method, DBusMessage **reply)
{
	struct waiting_call **end = &api->waiting_calls;
	_cleanup_free_ char *name = NULL;
	const char *text, *why;
	DBusMessageIter argument;

	dbus_message_iter_init(call, &argument);
	dbus_message_iter_get_basic(&argument, &text);
	if (pathname_from_text(text, &name, &why) < 0 || mounts_ready(name)) {
		return false;
	}
	*reply = NULL;
	if (api->waiting_call_count == WAITING_MAX) {
		*reply = too_many(call, name);
		return true;
	}
	while (*end) {
		end = &(*end)->next;
	}
	*end = mem_new(struct waiting_call);
	**end = (struct waiting_call){.call = dbus_message_ref(call), .method = method};
	api->waiting_call_count++;
	return true;
}

void daemon_api_mount_answers(struct daemon_api *api)
{
	struct waiting_call *call = mem_steal(api->waiting_calls);

	api->waiting_call_count = 0;
	while (call) {
		_cleanup_free_ struct waiting_call *this = call;
		DBusMessage *reply = this->method(this->call, api);

		if (reply) {
			bus_reply(api->parts.bus, this->call, reply);
		}
		dbus_message_unref(this->call);
		call = this->next;
	}
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
