/* SPDX-License-Identifier: MIT */
#include "dbus/daemon-api-private.h"

#include <errno.h>
#include <sys/stat.h>

#include "dbus/bus-variant.h"
#include "dbus/project-api.h"
#include "project/finder.h"
#include "util/mounts-files.h"
#include "util/pathname.h"

/* Track, Untrack, Reload, Trust. */

/* Cuts a value in an error text to a length at which it can be recognized. */
#define VALUE "%.200s"

DBusMessage *daemon_api_read_root(DBusMessage *call, char **root)
{
	_cleanup_free_ char *name = NULL;
	DBusMessageIter argument;
	const char *text, *why;

	dbus_message_iter_init(call, &argument);
	dbus_message_iter_get_basic(&argument, &text);
	if (pathname_from_text(text, &name, &why) < 0) {
		return bus_error(call, DBUS_ERROR_INVALID_ARGS,
			"%s: root: " VALUE ": %s", dbus_message_get_member(call), text, why);
	}
	*root = finder_resolve(name);
	return NULL;
}

/* A call that is answered once its effect is on disk. */
struct storing {
	struct bus *bus;
	DBusMessage *call;
	DBusMessage *reply;
};

void daemon_api_stored(int error, void *userdata)
{
	struct storing *storing = userdata;

	if (error < 0) {
		dbus_message_unref(storing->reply);
		storing->reply = bus_error(storing->call, ERROR_NOT_STORED,
			"%s: done, but only until the daemon ends: the state file cannot be "
			"written: %s",
			dbus_message_get_member(storing->call), strerror(-error));
	}
	bus_reply(storing->bus, storing->call, storing->reply);
	dbus_message_unref(storing->call);
	free(storing);
}

struct storing *daemon_api_storing(
	struct daemon_api *api, DBusMessage *call, DBusMessage *reply)
{
	struct storing *storing = mem_new(struct storing);

	*storing = (struct storing){
		.bus = api->parts.bus,
		.call = dbus_message_ref(call),
		.reply = reply,
	};
	return storing;
}

static DBusMessage *store_then_reply(
	struct daemon_api *api, DBusMessage *call, DBusMessage *reply)
{
	struct storing *storing = daemon_api_storing(api, call, reply);

	state_store(api->parts.state, daemon_api_stored, storing);
	return NULL;
}

DBusMessage *daemon_api_track(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	_cleanup_free_ char *root = NULL, *path = NULL, *text = NULL;
	DBusMessage *reply;
	struct project *project;
	struct statx st;

	if (daemon_api_must_wait(api, call, daemon_api_track, &reply)) {
		return reply;
	}
	reply = daemon_api_read_root(call, &root);
	if (!root) {
		return reply;
	}
	text = pathname_to_text(root);
	if (mounts_stat(root, &st) < 0) {
		return bus_error(call, DBUS_ERROR_INVALID_ARGS,
			"Track: root: " VALUE ": %s", text, strerror(errno));
	}
	if (!S_ISDIR(st.stx_mode)) {
		return bus_error(call, DBUS_ERROR_INVALID_ARGS,
			"Track: root: " VALUE ": is not a directory", text);
	}
	project = registry_add(api->parts.registry, root, true, 0);
	if (!project) {
		return bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"Track: root: " VALUE ": %d projects are tracked already; untrack some",
			text, PROJECTS_MAX);
	}
	path = project_api_path(project);
	reply = dbus_message_new_method_return(call);
	dbus_message_append_args(reply, DBUS_TYPE_OBJECT_PATH, &path, DBUS_TYPE_INVALID);
	return store_then_reply(api, call, reply);
}

DBusMessage *daemon_api_untrack(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	_cleanup_free_ char *root = NULL, *text = NULL;
	DBusMessage *reply;
	struct project *project;

	if (daemon_api_must_wait_for_state(api, call, daemon_api_untrack, &reply) ||
		daemon_api_must_wait(api, call, daemon_api_untrack, &reply)) {
		return reply;
	}
	reply = daemon_api_read_root(call, &root);
	if (!root) {
		return reply;
	}
	text = pathname_to_text(root);
	project = registry_find(api->parts.registry, root);
	if (!project || !project->tracked) {
		return bus_error(call, ERROR_NOT_TRACKED,
			"Untrack: root: " VALUE ": is not tracked", text);
	}
	registry_remove(api->parts.registry, project);
	return store_then_reply(api, call, dbus_message_new_method_return(call));
}

DBusMessage *daemon_api_reload(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	_cleanup_free_ char *root = NULL, *text = NULL, *why = NULL;
	DBusMessage *error;
	struct project *project;

	if (daemon_api_must_wait(api, call, daemon_api_reload, &error)) {
		return error;
	}
	error = daemon_api_read_root(call, &root);
	if (!root) {
		return error;
	}
	project = finder_find(api->parts.registry, root, &why);
	if (!project) {
		text = pathname_to_text(root);
		return bus_error(
			call, ERROR_NO_PROJECT, "Reload: root: " VALUE ": %s", text, why);
	}
	return daemon_api_return_event(call, pipeline_reload(api->parts.pipeline, project, "", 0));
}

/*
 * The project that the folder is in, with the current contents of its .savecast; or NULL and why.
 */
static struct project *trust_project(struct daemon_api *api, const char *folder, char **why)
{
	struct project *project = finder_find(api->parts.registry, folder, why);
	_cleanup_free_ char *file = NULL;

	if (!project) {
		return NULL;
	}
	file = mem_printf("%s/" PROJECT_FILE, strcmp(project->root, "/") ? project->root : "");
	settings_saved(api->parts.settings, file);
	/* Without its .savecast, the folder may no longer be a project: search again. */
	return finder_find(api->parts.registry, folder, why);
}

/* Replies with the rules of the project's file that have no effect now. */
static DBusMessage *return_withheld(DBusMessage *call, const struct project *project)
{
	const struct withheld *withheld = project->withheld;
	DBusMessage *reply = dbus_message_new_method_return(call);
	DBusMessageIter to;

	dbus_message_iter_init_append(reply, &to);
	bus_append_strings(
		&to, withheld ? withheld->texts : NULL, withheld ? withheld->count : 0);
	return reply;
}

/* Trusts the rules, or revokes that. Returns the reply. */
static DBusMessage *trust_do(struct settings *settings, DBusMessage *call,
	struct project *project, const char *rule, bool revoke)
{
	DBusMessage *reply;

	if (revoke) {
		settings_distrust(settings, project);
		return return_withheld(call, project);
	}
	reply = return_withheld(call, project);
	if (!settings_trust(settings, project, rule)) {
		dbus_message_unref(reply);
		reply = bus_error(call, DBUS_ERROR_LIMITS_EXCEEDED,
			"Trust: rule: " VALUE ": cannot be stored: rules must be valid UTF-8, and "
			"at most %d of one project",
			rule ? rule : "of the file", TRUST_RULES_MAX);
	}
	return reply;
}

DBusMessage *daemon_api_trust(DBusMessage *call, void *userdata)
{
	struct daemon_api *api = userdata;
	struct settings *settings = api->parts.settings;
	_cleanup_free_ char *root = NULL, *text = NULL, *why = NULL;
	const char *rule = NULL;
	dbus_bool_t revoke = false;
	DBusMessageIter options;
	DBusMessage *reply;
	struct project *project;

	if (daemon_api_must_wait_for_state(api, call, daemon_api_trust, &reply) ||
		daemon_api_must_wait(api, call, daemon_api_trust, &reply)) {
		return reply;
	}
	reply = daemon_api_read_root(call, &root);
	if (!root) {
		return reply;
	}
	dbus_message_iter_init(call, &options);
	dbus_message_iter_next(&options);
	if (bus_dict_find(&options, "rule", DBUS_TYPE_STRING, &rule) < 0 ||
		bus_dict_find(&options, "revoke", DBUS_TYPE_BOOLEAN, &revoke) < 0) {
		return dbus_message_new_error(call, DBUS_ERROR_INVALID_ARGS,
			"Trust: options: \"rule\" must be an s and \"revoke\" a b");
	}
	project = trust_project(api, root, &why);
	if (!project) {
		text = pathname_to_text(root);
		return bus_error(call, ERROR_NO_PROJECT, "Trust: root: " VALUE ": %s", text, why);
	}
	/* Otherwise a rule could need trust as soon as its mount answers. */
	if (!rule && !revoke && settings_are_undecided(settings, project)) {
		return daemon_api_wait(api, call, daemon_api_trust);
	}
	reply = trust_do(settings, call, project, rule, revoke);
	state_store_trust(
		api->parts.state, daemon_api_stored, daemon_api_storing(api, call, reply));
	return NULL;
}
