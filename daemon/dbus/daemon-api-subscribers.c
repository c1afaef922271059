/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include "dbus/bus-variant.h"

/* Subscribe, Unsubscribe, and EventStep to the subscribers. */

enum { SUBSCRIBERS_MAX = 64 };

static struct subscriber **find_subscriber(struct daemon_api *api, const char *name)
{
	struct subscriber **at = &api->subscribers;

	while (*at && strcmp(bus_client_name((*at)->client), name) != 0) {
		at = &(*at)->next;
	}
	return at;
}

static void drop_subscriber(struct daemon_api *api, struct subscriber **at)
{
	struct subscriber *dropped = *at;

	*at = dropped->next;
	bus_client_free(dropped->client);
	free(dropped);
	api->subscriber_count--;
}

static void on_client_gone(struct bus_client *client, void *userdata)
{
	struct daemon_api *api = userdata;

	drop_subscriber(api, find_subscriber(api, bus_client_name(client)));
}

DBusMessage *daemon_api_subscribe(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	const char *name = dbus_message_get_sender(call);
	struct subscriber *added;

	if (*find_subscriber(api, name)) {
		return dbus_message_new_method_return(call);
	}
	if (api->subscriber_count == SUBSCRIBERS_MAX) {
		return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"Subscribe: %s: there are %d subscribers already", name, SUBSCRIBERS_MAX);
	}
	added = mem_new(struct subscriber);
	added->client = bus_client_new(api->parts.bus, name, on_client_gone, api);
	added->next = api->subscribers;
	api->subscribers = added;
	api->subscriber_count++;
	return dbus_message_new_method_return(call);
}

DBusMessage *daemon_api_unsubscribe(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	struct subscriber **at = find_subscriber(api, dbus_message_get_sender(call));

	if (*at) {
		drop_subscriber(api, at);
	}
	return dbus_message_new_method_return(call);
}

void daemon_api_drop_subscribers(struct daemon_api *api)
{
	while (api->subscribers) {
		drop_subscriber(api, &api->subscribers);
	}
}

void daemon_api_step(struct daemon_api *api, const struct event *event, const struct step *step)
{
	for (struct subscriber *to = api->subscribers; to; to = to->next) {
		DBusMessage *signal = bus_object_signal(api->object, "EventStep");
		DBusMessageIter body;

		dbus_message_set_destination(signal, bus_client_name(to->client));
		dbus_message_iter_init_append(signal, &body);
		dbus_message_iter_append_basic(&body, DBUS_TYPE_UINT64, &event->serial);
		event_api_append_step(&body, event, step);
		bus_send_later(api->parts.bus, signal);
	}
	daemon_api_checks_changed(api);
}
