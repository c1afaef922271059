/* SPDX-License-Identifier: MIT */
#include "dbus/project-api.h"

#include "config/settings.h"
#include "dbus/bus-variant.h"
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

static void get_problem(DBusMessageIter *to, void *userdata)
{
	const char *problem = ((struct project *)userdata)->problem;

	bus_append_string(to, problem ? problem : "");
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

static const struct bus_interface project_interface = {
	.name = "io.github.savecast.Project1",
	.properties = (const struct bus_property[]){
		{"Root", "s", BUS_PROPERTY_CONST, get_root},
		{"Name", "s", BUS_PROPERTY_CONST, get_name},
		{"Tracked", "b", BUS_PROPERTY_TOLD, get_tracked},
		{"KnownBy", "s", BUS_PROPERTY_TOLD, get_known_by},
		{"Tabs", "u", BUS_PROPERTY_TOLD, get_tabs},
		{"SettingsProblems", "as", BUS_PROPERTY_TOLD, get_settings_problems},
		{"Problem", "s", BUS_PROPERTY_TOLD, get_problem},
		{"Watch", "s", BUS_PROPERTY_TOLD, get_watch},
		{"HeldBy", "s", BUS_PROPERTY_SILENT, get_held_by},
		{0},
	},
};

char *project_api_path(const struct project *project)
{
	return mem_printf("/io/github/savecast/Daemon1/project/%u", project->id);
}

struct bus_object *project_api_new(
	struct bus *bus, struct bus_object *manager, struct project *project)
{
	_cleanup_free_ char *path = project_api_path(project);

	return bus_object_new(bus, path, &project_interface, manager, project);
}
