/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "dbus/bus-variant.h"
#include "project/finder.h"
#include "util/pathname.h"
#include "util/utf8.h"

/* Hold, Release, ReleaseFailed; a caller's holds end with its connection. */


enum { HOLD_REASON_MAX = 200, HOLD_SAID_MAX = 8 * 1024 };

static struct hold_owner **find_holder(struct daemon_api *api, const char *name)
{
	struct hold_owner **at = &api->holders;

	while (*at && strcmp(bus_client_name((*at)->client), name) != 0) {
		at = &(*at)->next;
	}
	return at;
}

static void drop_holder(struct daemon_api *api, struct hold_owner **at)
{
	struct hold_owner *dropped = *at;

	*at = dropped->next;
	bus_client_free(dropped->client);
	holds_drop_owner(api->parts.holds, dropped);
	free(dropped);
}

static void on_client_gone(struct bus_client *client, void *userdata)
{
	struct daemon_api *api = userdata;

	drop_holder(api, find_holder(api, bus_client_name(client)));
}

static struct hold_owner *make_holder(struct daemon_api *api, const char *name)
{
	struct hold_owner **at = find_holder(api, name);

	if (!*at) {
		*at = mem_new(struct hold_owner);
		(*at)->client = bus_client_new(api->parts.bus, name, on_client_gone, api);
	}
	return *at;
}

DBusMessage *daemon_api_hold(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	_cleanup_free_ char *root = NULL, *why = NULL, *text = NULL;
	DBusMessage *reply;
	char clean[HOLD_REASON_MAX + 1];
	struct project *project;
	struct hold_owner *holder;
	const char *reason;
	DBusMessageIter at;
	dbus_bool_t build = FALSE;
	uint32_t cookie;

	if (daemon_api_must_wait(api, call, daemon_api_hold, &reply)) {
		return reply;
	}
	reply = daemon_api_read_root(call, &root);
	if (!root) {
		return reply;
	}
	project = finder_find(api->parts.registry, root, &why);
	if (!project) {
		text = pathname_to_text(root);
		return bus_error(call, ERROR_NO_PROJECT, "Hold: root: %.200s: %s", text, why);
	}
	dbus_message_iter_init(call, &at);
	dbus_message_iter_next(&at);
	dbus_message_iter_get_basic(&at, &reason);
	dbus_message_iter_next(&at);
	if (bus_dict_find(&at, "build", DBUS_TYPE_BOOLEAN, &build) < 0) {
		return dbus_message_new_error(call, DBUS_ERROR_INVALID_ARGS,
			"Hold: options: \"build\" must be a b");
	}
	utf8_copy(clean, sizeof clean, reason, strlen(reason));
	holder = make_holder(api, dbus_message_get_sender(call));
	cookie = holds_add(api->parts.holds, project, holder, clean, build);
	if (!cookie) {
		if (!holds_any(api->parts.holds, holder)) {
			drop_holder(api, find_holder(api, dbus_message_get_sender(call)));
		}
		return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"Hold: %s: there are %d holds already; release some", clean, HOLDS_MAX);
	}
	reply = dbus_message_new_method_return(call);
	dbus_message_append_args(reply, DBUS_TYPE_UINT32, &cookie, DBUS_TYPE_INVALID);
	return reply;
}

static DBusMessage *no_hold(DBusMessage *call, uint32_t cookie)
{
	return bus_error(call, ERROR_NO_HOLD,
		"%s: cookie: %u: this caller has no such hold (any more)",
		dbus_message_get_member(call), cookie);
}

/* Stops watching a caller that has no holds. */
static void tidy_holder(struct daemon_api *api, struct hold_owner **at)
{
	if (*at && !holds_any(api->parts.holds, *at)) {
		drop_holder(api, at);
	}
}

DBusMessage *daemon_api_release(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	struct hold_owner **at = find_holder(api, dbus_message_get_sender(call));
	uint32_t cookie = 0;

	dbus_message_get_args(call, NULL, DBUS_TYPE_UINT32, &cookie, DBUS_TYPE_INVALID);
	if (!*at || !holds_release(api->parts.holds, *at, cookie)) {
		return no_hold(call, cookie);
	}
	tidy_holder(api, at);
	return dbus_message_new_method_return(call);
}

DBusMessage *daemon_api_release_failed(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	struct hold_owner **at = find_holder(api, dbus_message_get_sender(call));
	char what[HOLD_REASON_MAX + 1];
	const char *text, *said = "";
	DBusMessageIter arguments;
	DBusMessage *reply;
	uint32_t cookie;
	uint64_t serial;

	dbus_message_iter_init(call, &arguments);
	dbus_message_iter_get_basic(&arguments, &cookie);
	dbus_message_iter_next(&arguments);
	dbus_message_iter_get_basic(&arguments, &text);
	dbus_message_iter_next(&arguments);
	if (bus_dict_find(&arguments, "said", DBUS_TYPE_STRING, &said) < 0 ||
		strlen(said) > HOLD_SAID_MAX) {
		return bus_error(call, DBUS_ERROR_INVALID_ARGS,
			"ReleaseFailed: options: \"said\" must be an s of at most %d bytes",
			HOLD_SAID_MAX);
	}
	utf8_copy(what, sizeof what, text, strlen(text));
	serial = *at ? holds_fail(api->parts.holds, *at, cookie, what, said) : 0;
	if (!serial) {
		return no_hold(call, cookie);
	}
	tidy_holder(api, at);
	reply = dbus_message_new_method_return(call);
	dbus_message_append_args(reply, DBUS_TYPE_UINT64, &serial, DBUS_TYPE_INVALID);
	return reply;
}

void daemon_api_drop_holders(struct daemon_api *api)
{
	/* The daemon ends: the events that were held are not sent. */
	while (api->holders) {
		struct hold_owner *dropped = api->holders;

		api->holders = dropped->next;
		bus_client_free(dropped->client);
		free(dropped);
	}
}
