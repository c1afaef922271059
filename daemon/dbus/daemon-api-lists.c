/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include <errno.h>

#include "dbus/bus-variant.h"
#include "util/clock.h"
#include "websocket/wire.h"

/* ListEvents, ListTabs. */

/*
 * A list of events ends after this many steps and file names, so that it takes at most a few
 * milliseconds on the loop.
 */
enum { LIST_EVENTS_PARTS_MAX = 256 };

enum {
	TABS_AT_ONCE = 256, /* more are listed in portions */
	LISTINGS_MAX = 16,  /* calls that list tabs in portions */
	PORTION_STEP = 16,  /* tabs between two looks at the clock */
};

DBusMessage *daemon_api_list_events(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	uint64_t after = 0, last = ledger_last(api->parts.ledger);
	uint32_t limit = LEDGER_EVENTS_MAX;
	size_t parts = 0;
	DBusMessageIter options, to, array;
	DBusMessage *reply;

	dbus_message_iter_init(call, &options);
	if (bus_dict_find(&options, "after", DBUS_TYPE_UINT64, &after) < 0 ||
		bus_dict_find(&options, "limit", DBUS_TYPE_UINT32, &limit) < 0) {
		return dbus_message_new_error(call, DBUS_ERROR_INVALID_ARGS,
			"ListEvents: options: \"after\" must be a t and \"limit\" a u");
	}
	if (limit > LEDGER_EVENTS_MAX) {
		limit = LEDGER_EVENTS_MAX;
	}
	if (last > limit && after < last - limit) {
		after = last - limit;
	}
	reply = dbus_message_new_method_return(call);
	dbus_message_iter_init_append(reply, &to);
	dbus_message_iter_open_container(&to, DBUS_TYPE_ARRAY, "a{sv}", &array);
	while (after < last && parts < LIST_EVENTS_PARTS_MAX) {
		const struct event *event = ledger_find(api->parts.ledger, ++after);

		event_api_append(&array, event);
		parts += event->step_count + event->files_kept;
	}
	dbus_message_iter_close_container(&to, &array);
	return reply;
}

static void append_server(DBusMessageIter *dict, const struct server *server)
{
	const struct server_main *main = server ? server_main(server) : NULL;

	if (main) {
		bus_dict_string(dict, "server", main->name);
		bus_dict_u32(dict, "server-port", server_port(server));
		bus_dict_u32(dict, "server-pid", (uint32_t)main->pid);
	}
}

void daemon_api_append_tab(const struct tab *tab, void *userdata)
{
	DBusMessageIter *array = userdata;
	DBusMessageIter dict;

	bus_dict_open(array, &dict);
	bus_dict_u32(&dict, "browser", browser_number(tab->browser));
	bus_dict_u64(&dict, "tab", tab->id);
	if (tab->framed) {
		bus_dict_u64(&dict, "top", browsers_top_of(tab));
	}
	bus_dict_string(&dict, "client", browser_name(tab->browser));
	bus_dict_string(&dict, "url", tab->url);
	bus_dict_string(&dict, "state", wire_tab_state_name(tab->state));
	if (tab->project) {
		bus_dict_pathname(&dict, "project", tab->project->root);
	}
	bus_dict_string(&dict, "reason", tab->reason);
	append_server(&dict, tab->server);
	bus_dict_close(array, &dict);
}

/* A call of ListTabs that is answered in portions, because there are many tabs. */
struct listing {
	struct daemon_api *api;
	DBusMessage *call, *reply;
	DBusMessageIter to, array;
	struct tab_place *places;
	size_t count, done;
	struct portion *portion;
	struct listing *next, **back;
};

static void listing_free(struct listing *listing)
{
	*listing->back = listing->next;
	if (listing->next) {
		listing->next->back = listing->back;
	}
	listing->api->listing_count--;
	dbus_message_unref(listing->call);
	free(listing->places);
	free(listing);
}

static bool list_some(uint64_t until_usec, void *userdata)
{
	struct listing *listing = userdata;
	struct daemon_api *api = listing->api;

	for (; listing->done < listing->count; listing->done++) {
		const struct tab *tab;

		if (listing->done % PORTION_STEP == 0 && clock_now_usec() >= until_usec) {
			return true;
		}
		tab = browsers_tab_at(api->parts.browsers, &listing->places[listing->done]);
		if (tab && !tab->with_parent) {
			daemon_api_append_tab(tab, &listing->array);
		}
	}
	dbus_message_iter_close_container(&listing->to, &listing->array);
	bus_reply(api->parts.bus, listing->call, listing->reply);
	listing_free(listing);
	return false;
}

static void list_in_portions(struct daemon_api *api, DBusMessage *call)
{
	struct listing *listing = mem_new(struct listing);

	*listing = (struct listing){
		.api = api,
		.call = dbus_message_ref(call),
		.reply = dbus_message_new_method_return(call),
		.next = api->listings,
		.back = &api->listings,
	};
	if (listing->next) {
		listing->next->back = &listing->next;
	}
	api->listings = listing;
	api->listing_count++;
	listing->places = browsers_tab_places(api->parts.browsers, &listing->count);
	dbus_message_iter_init_append(listing->reply, &listing->to);
	dbus_message_iter_open_container(
		&listing->to, DBUS_TYPE_ARRAY, "a{sv}", &listing->array);
	listing->portion = portions_add(api->portions, list_some, listing);
}

void daemon_api_drop_listings(struct daemon_api *api)
{
	while (api->listings) {
		struct listing *listing = api->listings;

		portions_remove(listing->portion);
		dbus_message_iter_abandon_container(&listing->to, &listing->array);
		dbus_message_unref(listing->reply);
		listing_free(listing);
	}
}

DBusMessage *daemon_api_list_tabs(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	DBusMessage *reply;
	DBusMessageIter to, array;

	if (browsers_tab_count(api->parts.browsers) > TABS_AT_ONCE) {
		if (api->listing_count == LISTINGS_MAX) {
			return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
				"ListTabs: %d calls are being answered already", LISTINGS_MAX);
		}
		list_in_portions(api, call);
		return NULL;
	}
	reply = dbus_message_new_method_return(call);
	dbus_message_iter_init_append(reply, &to);
	dbus_message_iter_open_container(&to, DBUS_TYPE_ARRAY, "a{sv}", &array);
	browsers_each_tab(api->parts.browsers, daemon_api_append_tab, &array);
	dbus_message_iter_close_container(&to, &array);
	return reply;
}

void event_api_append_step(DBusMessageIter *to, const struct event *event, const struct step *step)
{
	DBusMessageIter dict;

	bus_dict_open(to, &dict);
	bus_dict_u64(&dict, "at", step->at_usec);
	bus_dict_string(&dict, "step", step_kind_name(step->kind));
	bus_dict_string(&dict, "text", step_text(event, step));
	if (step->in_tab) {
		bus_dict_u32(&dict, "browser", step->browser);
		bus_dict_u64(&dict, "tab", step->tab);
	}
	if (step->in_frame) {
		bus_dict_u64(&dict, "top", step->top);
	}
	bus_dict_close(to, &dict);
}

static void append_steps(DBusMessageIter *dict, const struct event *event)
{
	DBusMessageIter entry, variant, array;
	const char *key = "steps";

	dbus_message_iter_open_container(dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
	dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &key);
	dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, "aa{sv}", &variant);
	dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "a{sv}", &array);
	for (size_t i = 0; i < event->step_count; i++) {
		event_api_append_step(&array, event, &event->steps[i]);
	}
	dbus_message_iter_close_container(&variant, &array);
	dbus_message_iter_close_container(&entry, &variant);
	dbus_message_iter_close_container(dict, &entry);
}

void event_api_append(DBusMessageIter *to, const struct event *event)
{
	DBusMessageIter dict;

	bus_dict_open(to, &dict);
	bus_dict_u64(&dict, "serial", event->serial);
	bus_dict_string(&dict, "source", event_source_name(event->source));
	if (event->root) {
		bus_dict_pathname(&dict, "project", event->root);
	}
	bus_dict_pathnames(&dict, "files", event->files, event->files_kept);
	bus_dict_u32(&dict, "file-count", (uint32_t)event->file_count);
	bus_dict_u64(&dict, "time", event->wall_usec);
	bus_dict_u64(&dict, "started", event->started_usec);
	bus_dict_bool(&dict, "closed", event->closed);
	append_steps(&dict, event);
	bus_dict_close(to, &dict);
}
