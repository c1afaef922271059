/* SPDX-License-Identifier: MIT */
#include "dbus/project-api.h"

#include "browser/browsers.h"
#include "browser/problems.h"
#include "config/settings.h"
#include "dbus/bus-variant.h"
#include "dbus/names.h"
#include "pipeline/pipeline.h"

static void get_root(DBusMessageIter *to, void *userdata)
{
	bus_append_pathname(to, ((struct project *)userdata)->root);
}

static void get_name(DBusMessageIter *to, void *userdata)
{
	bus_append_string(to, ((struct project *)userdata)->label);
}

static void get_tracked(DBusMessageIter *to, void *userdata)
{
	bus_append_bool(to, ((struct project *)userdata)->tracked);
}

static void get_tabs(DBusMessageIter *to, void *userdata)
{
	bus_append_u32(to, ((struct project *)userdata)->tab_count);
}

static void get_known_by(DBusMessageIter *to, void *userdata)
{
	bus_append_string(to, project_known_by(userdata));
}

static void get_settings_problems(DBusMessageIter *to, void *userdata)
{
	size_t count;
	char *const *problems = project_problems(userdata, &count);

	bus_append_strings(to, problems, count);
}

static void get_untrusted(DBusMessageIter *to, void *userdata)
{
	const struct withheld *withheld = ((struct project *)userdata)->withheld;

	bus_append_strings(
		to, withheld ? withheld->texts : NULL, withheld ? withheld->count : 0);
}

static void get_problem(DBusMessageIter *to, void *userdata)
{
	_cleanup_free_ char *problem = project_problem_text(userdata);

	bus_append_string(to, problem);
}

static void get_watch(DBusMessageIter *to, void *userdata)
{
	bus_append_string(to, project_watch_name(((struct project *)userdata)->watch));
}

static void get_held_by(DBusMessageIter *to, void *userdata)
{
	const char *why = pipeline_held_by(userdata);

	bus_append_string(to, !why ? "" : *why ? why : "no reason given");
}

static void append_problem(DBusMessageIter *array, const struct tab *tab, size_t index)
{
	const struct problems *problems = tab->problems;
	const struct wire_problem *problem = &problems->wire.items[index];
	DBusMessageIter dict;

	bus_dict_open(array, &dict);
	bus_dict_u32(&dict, "browser", browser_number(tab->browser));
	bus_dict_u64(&dict, "tab", tab->id);
	bus_dict_string(&dict, "page", tab->url);
	bus_dict_u64(&dict, "event", problems->event);
	bus_dict_string(&dict, "kind", wire_problem_kind_name(problem->kind));
	bus_dict_string(&dict, "message", problem->message);
	if (problems->files[index]) {
		bus_dict_pathname(&dict, "file", problems->files[index]);
	}
	if (problem->file) {
		bus_dict_string(&dict, "url", problem->file);
	}
	if (problem->line) {
		bus_dict_u64(&dict, "line", problem->line);
		bus_dict_u64(&dict, "column", problem->column);
	}
	if (problem->stack) {
		bus_dict_string(&dict, "stack", problem->stack);
	}
	bus_dict_close(array, &dict);
}

void project_api_append_problems(DBusMessageIter *to, const struct project *project)
{
	DBusMessageIter array;

	dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "a{sv}", &array);
	for (const struct tab *tab = project->tabs; tab; tab = tab->next) {
		for (size_t i = 0; tab->problems && i < tab->problems->wire.count; i++) {
			append_problem(&array, tab, i);
		}
	}
	dbus_message_iter_close_container(to, &array);
}

static void get_problems(DBusMessageIter *to, void *userdata)
{
	project_api_append_problems(to, userdata);
}

static const struct bus_interface project_interface = {
	.name = PROJECT_INTERFACE,
	.properties = (const struct bus_property[]){
		{"Root", "s", BUS_PROPERTY_CONST, get_root},
		{"Name", "s", BUS_PROPERTY_CONST, get_name},
		{"Tracked", "b", BUS_PROPERTY_TOLD, get_tracked},
		{"KnownBy", "s", BUS_PROPERTY_TOLD, get_known_by},
		{"Tabs", "u", BUS_PROPERTY_TOLD, get_tabs},
		{"SettingsProblems", "as", BUS_PROPERTY_TOLD, get_settings_problems},
		{"Untrusted", "as", BUS_PROPERTY_TOLD, get_untrusted},
		{"Problem", "s", BUS_PROPERTY_TOLD, get_problem},
		{"Watch", "s", BUS_PROPERTY_TOLD, get_watch},
		{"Problems", "aa{sv}", BUS_PROPERTY_TOLD, get_problems},
		{"HeldBy", "s", BUS_PROPERTY_SILENT, get_held_by},
		{0},
	},
};

char *project_api_path(const struct project *project)
{
	return mem_printf(DAEMON_OBJECT "/project/%u", project->id);
}

struct bus_object *project_api_new(
	struct bus *bus, struct bus_object *manager, struct project *project)
{
	_cleanup_free_ char *path = project_api_path(project);

	return bus_object_new(bus, path, &project_interface, manager, project);
}
