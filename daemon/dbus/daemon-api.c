/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api.h"

#include <errno.h>

#include "config/config-text.h"
#include "dbus/bus-variant.h"
#include "dbus/daemon-api-private.h"
#include "dbus/names.h"
#include "dbus/project-api.h"
#include "util/mem.h"
#include "util/pathname.h"

/* The table of the interface, its properties, and the projects' objects. */

static void get_version(DBusMessageIter *to, void *userdata)
{
	bus_append_string(to, SAVECAST_VERSION);
}

static void get_port(DBusMessageIter *to, void *userdata)
{
	dbus_uint16_t port = endpoint_port(((struct daemon_api *)userdata)->parts.endpoint);

	dbus_message_iter_append_basic(to, DBUS_TYPE_UINT16, &port);
}

static void get_port_error(DBusMessageIter *to, void *userdata)
{
	bus_append_string(to, endpoint_error(((struct daemon_api *)userdata)->parts.endpoint));
}

static void get_port_reason(DBusMessageIter *to, void *userdata)
{
	_cleanup_free_ char *reason = endpoint_reason(((struct daemon_api *)userdata)->parts.endpoint);

	bus_append_string(to, reason);
}

static void get_pairing_code(DBusMessageIter *to, void *userdata)
{
	bus_append_string(to, ((struct daemon_api *)userdata)->parts.code);
}

static void get_browsers(DBusMessageIter *to, void *userdata)
{
	bus_append_u32(to, browsers_count(((struct daemon_api *)userdata)->parts.browsers));
}

static void get_tabs(DBusMessageIter *to, void *userdata)
{
	bus_append_u32(to, browsers_tab_count(((struct daemon_api *)userdata)->parts.browsers));
}

static void get_last_event(DBusMessageIter *to, void *userdata)
{
	uint64_t last = ledger_last(((struct daemon_api *)userdata)->parts.ledger);

	dbus_message_iter_append_basic(to, DBUS_TYPE_UINT64, &last);
}

static void get_settings_problems(DBusMessageIter *to, void *userdata)
{
	const struct daemon_api *api = userdata;
	_cleanup_free_ char *state = state_problem(api->parts.state);
	char *all[CONFIG_PROBLEMS_MAX + 1];
	size_t count;
	char *const *problems = settings_problems(api->parts.settings, &count);

	for (size_t i = 0; i < count; i++) {
		all[i] = problems[i];
	}
	all[count] = state;
	bus_append_strings(to, all, count + (state ? 1 : 0));
}

static const struct bus_interface daemon_interface = {
	.name = DAEMON_NAME,
	.methods = (const struct bus_method[]){
		{"Saved", "asa{sv}", "files options", "t", "event", daemon_api_saved},
		{"Track", "sa{sv}", "root options", "o", "project", daemon_api_track},
		{"Untrack", "s", "root", "", "", daemon_api_untrack},
		{"Reload", "sa{sv}", "root options", "t", "event", daemon_api_reload},
		{"Trust", "sa{sv}", "root options", "as", "rules", daemon_api_trust},
		{"Pair", "sa{sv}", "code options", "s", "origin", daemon_api_pair},
		{"Hold", "ssa{sv}", "root reason options", "u", "cookie", daemon_api_hold},
		{"Release", "u", "cookie", "", "", daemon_api_release},
		{"ReleaseFailed", "usa{sv}", "cookie what options", "t", "event",
			daemon_api_release_failed},
		{"ListEvents", "a{sv}", "options", "aa{sv}", "events", daemon_api_list_events},
		{"ListTabs", "a{sv}", "options", "aa{sv}", "tabs", daemon_api_list_tabs},
		{"Explain", "sa{sv}", "what options", "a{sv}", "explanation", daemon_api_explain},
		{"Check", "sa{sv}", "what options", "a{sv}", "result", daemon_api_check},
		{"Screenshot", "sa{sv}", "what options", "a{sv}", "picture", daemon_api_screenshot},
		{"Subscribe", "", "", "", "", daemon_api_subscribe},
		{"Unsubscribe", "", "", "", "", daemon_api_unsubscribe},
		{0},
	},
	.properties = (const struct bus_property[]){
		{"Version", "s", BUS_PROPERTY_CONST, get_version},
		{"Port", "q", BUS_PROPERTY_TOLD, get_port},
		{"PortError", "s", BUS_PROPERTY_TOLD, get_port_error},
		{"PortReason", "s", BUS_PROPERTY_TOLD, get_port_reason},
		{"PairingCode", "s", BUS_PROPERTY_CONST, get_pairing_code},
		{"Extensions", "aa{sv}", BUS_PROPERTY_TOLD, daemon_api_get_extensions},
		{"Browsers", "u", BUS_PROPERTY_TOLD, get_browsers},
		{"Tabs", "u", BUS_PROPERTY_TOLD, get_tabs},
		{"SettingsProblems", "as", BUS_PROPERTY_TOLD, get_settings_problems},
		{"LastEvent", "t", BUS_PROPERTY_SILENT, get_last_event},
		{0},
	},
	.signals = (const struct bus_signal[]){
		{"EventStep", "ta{sv}", "event step"},
		{0},
	},
};

struct daemon_api *daemon_api_new(const struct daemon_api_parts *parts)
{
	struct daemon_api *api = mem_new(struct daemon_api);

	api->parts = *parts;
	api->portions = portions_new(parts->loop);
	api->object = bus_manager_new(
		parts->bus, DAEMON_OBJECT, &daemon_interface, api);
	for (size_t i = 0; i < registry_count(parts->registry); i++) {
		daemon_api_project_added(api, registry_at(parts->registry, i));
	}
	return api;
}

void daemon_api_free(struct daemon_api *api)
{
	if (!api) {
		return;
	}
	daemon_api_drop_subscribers(api);
	daemon_api_drop_look_ups(api);
	daemon_api_drop_checks(api);
	daemon_api_drop_screenshot(api);
	daemon_api_drop_holders(api);
	daemon_api_drop_waiting(api);
	daemon_api_drop_savings(api);
	daemon_api_drop_listings(api);
	portions_free(api->portions);
	while (api->projects) {
		daemon_api_project_removed(api, api->projects->project);
	}
	bus_object_free(api->object);
	free(api);
}

void daemon_api_browsers_changed(struct daemon_api *api)
{
	bus_object_changed(api->object, "Browsers");
	bus_object_changed(api->object, "Tabs");
}

void daemon_api_endpoint_changed(struct daemon_api *api)
{
	bus_object_changed(api->object, "Port");
	bus_object_changed(api->object, "PortError");
	bus_object_changed(api->object, "PortReason");
}

static struct project_object **find_object(struct daemon_api *api, const struct project *project)
{
	struct project_object **at = &api->projects;

	while (*at && (*at)->project != project) {
		at = &(*at)->next;
	}
	return at;
}

void daemon_api_project_added(struct daemon_api *api, struct project *project)
{
	struct project_object *added = mem_new(struct project_object);

	added->project = project;
	added->object = project_api_new(api->parts.bus, api->object, project);
	added->next = api->projects;
	api->projects = added;
}

void daemon_api_project_changed(struct daemon_api *api, struct project *project)
{
	struct project_object *changed = *find_object(api, project);

	if (changed) {
		bus_object_changed(changed->object, "Tracked");
		bus_object_changed(changed->object, "KnownBy");
		bus_object_changed(changed->object, "Tabs");
		bus_object_changed(changed->object, "Problem");
	}
}

void daemon_api_problems_changed(struct daemon_api *api, struct project *project)
{
	struct project_object *changed = *find_object(api, project);

	if (changed) {
		bus_object_changed(changed->object, "Problems");
	}
	daemon_api_checks_changed(api);
}

void daemon_api_project_removed(struct daemon_api *api, struct project *project)
{
	struct project_object **at = find_object(api, project);
	struct project_object *removed = *at;

	if (removed) {
		*at = removed->next;
		bus_object_free(removed->object);
		free(removed);
	}
}

void daemon_api_settings_changed(struct daemon_api *api, struct project *project)
{
	struct project_object *changed = project ? *find_object(api, project) : NULL;

	bus_object_changed(changed ? changed->object : api->object, "SettingsProblems");
	if (changed) {
		bus_object_changed(changed->object, "Untrusted");
	}
}
