/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/call.h"
#include "cli/status-page.h"
#include "dbus/names.h"


static bool same_server(const json_t *server, const json_t *tab)
{
	return json_equal(json_object_get(server, "name"), json_object_get(tab, "server")) &&
		json_equal(json_object_get(server, "port"), json_object_get(tab, "server-port"));
}

/* The servers of the project's tabs, each once. */
static json_t *status_servers(const json_t *tabs, const json_t *root)
{
	json_t *servers = json_array(), *tab, *server;
	size_t i, k;

	json_array_foreach (tabs, i, tab) {
		if (!json_object_get(tab, "server") ||
			!json_equal(json_object_get(tab, "project"), root)) {
			continue;
		}
		json_array_foreach (servers, k, server) {
			if (same_server(server, tab)) {
				break;
			}
		}
		if (k == json_array_size(servers)) {
			json_array_append_new(servers,
				json_pack("{s:O, s:O, s:O}", "name", json_object_get(tab, "server"),
					"port", json_object_get(tab, "server-port"), "pid",
					json_object_get(tab, "server-pid")));
		}
	}
	return servers;
}

/* One object for each project, from ObjectManager's reply. */
static json_t *status_projects(json_t *objects, const json_t *tabs)
{
	json_t *projects = json_array();
	const char *path;
	json_t *interfaces;

	json_object_foreach (objects, path, interfaces) {
		json_t *project = json_object_get(interfaces, PROJECT_INTERFACE);

		if (project) {
			json_array_append_new(projects,
				json_pack("{s:s, s:O*, s:O*, s:O*, s:O*, s:o, s:O*, s:O*, s:O*, "
					  "s:O*, s:O*, s:O*}",
					"object", path, "root", json_object_get(project, "Root"),
					"name", json_object_get(project, "Name"), "tracked",
					json_object_get(project, "Tracked"), "known-by",
					json_object_get(project, "KnownBy"), "servers",
					status_servers(tabs, json_object_get(project, "Root")),
					"tabs", json_object_get(project, "Tabs"),
					"settings-problems",
					json_object_get(project, "SettingsProblems"), "untrusted",
					json_object_get(project, "Untrusted"), "problem",
					json_object_get(project, "Problem"), "held-by",
					json_object_get(project, "HeldBy"), "watch",
					json_object_get(project, "Watch")));
		}
	}
	return projects;
}

static json_t *status_object(json_t *answers[3], json_t *events)
{
	json_t *daemon = json_array_get(answers[0], 0);

	return json_pack("{s:O*, s:O*, s:O*, s:O*, s:O*, s:O*, s:O*, s:O*, s:o, s:O*, s:O*}", "version",
		json_object_get(daemon, "Version"), "port", json_object_get(daemon, "Port"),
		"port-error", json_object_get(daemon, "PortError"), "port-reason",
		json_object_get(daemon, "PortReason"), "pairing-code",
		json_object_get(daemon, "PairingCode"), "browsers",
		json_object_get(daemon, "Browsers"), "extensions",
		json_object_get(daemon, "Extensions"), "settings-problems",
		json_object_get(daemon, "SettingsProblems"), "projects",
		status_projects(json_array_get(answers[1], 0), json_array_get(answers[2], 0)),
		"tabs", json_array_get(answers[2], 0), "events", events);
}

enum exit_code status_read(struct client *client, json_t **status)
{
	static const struct client_method methods[] = {
		{.interface = "org.freedesktop.DBus.Properties",
			.member = "GetAll",
			.texts = {DAEMON_NAME}},
		{.interface = OBJECT_MANAGER_INTERFACE, .member = "GetManagedObjects"},
		{.member = "ListTabs", .has_options = true},
	};
	json_t *answers[COUNT_OF(methods)] = {NULL}, *events = json_array();
	enum exit_code code = EXIT_CODE_DONE;

	for (size_t i = 0; i < COUNT_OF(methods) && code == EXIT_CODE_DONE; i++) {
		code = call_daemon(client, &methods[i], &answers[i]);
	}
	if (code == EXIT_CODE_DONE) {
		code = call_events(client, STATUS_EVENTS, events);
	}
	if (code == EXIT_CODE_DONE) {
		*status = status_object(answers, events);
	}
	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		json_decref(answers[i]);
	}
	json_decref(events);
	return code;
}

static enum exit_code status_run(const struct verb *verb, const struct arguments *args)
{
	_cleanup_(client_freep) struct client *client = call_connect();
	json_t *status = NULL;
	enum exit_code code = client ? status_read(client, &status) : EXIT_CODE_UNREACHABLE;

	if (code == EXIT_CODE_DONE && args->json) {
		call_print_json(json_incref(status));
	} else if (code == EXIT_CODE_DONE) {
		status_print(status, args->all || !isatty(STDOUT_FILENO));
	}
	json_decref(status);
	return code;
}

const struct verb verb_status = {
	.name = "status",
	.synopsis = "[--all] [--json]",
	.summary = "show the daemon, its browsers, projects and tabs",
	.description =
		"Shows the daemon; the port to which browsers connect, and where that setting "
		"comes from, or why the daemon does not listen; the pairing code; errors in the "
		"settings; "
		"the projects, why each folder is a project, and the servers of its tabs; the tabs "
		"that are switched on, and how the project of each was found, or why none was; the "
		"last events. "
		"On a terminal it shows what fits on one screen and counts the rest; otherwise, "
		"and "
		"with `--all`, it shows everything.\n"
		"\n"
		"The pairing code is computed from the daemon's secret key. The settings page of the "
		"browser extension shows the code of the daemon that it is paired with: if both "
		"are the same, the extension talks to your daemon and not to another user's "
		"program on the same port.\n"
		"\n"
		"With `--json` prints one object: `version`, `port` (0 if the daemon does not "
		"listen), `port-error`, `port-reason`, `pairing-code`, `browsers` (how many), "
		"`extensions` (as in `savecast pair --json`), "
		"`settings-problems` "
		"(texts), `projects` (each `object`, `root`, `name`, `tracked`, `known-by`, "
		"`servers` (each `name`, `port`, `pid`), `tabs`, `settings-problems`, `untrusted`, `problem`, "
		"`held-by`, `watch`), `tabs` (each `browser`, `tab`, `client`, `url`, `state`, `project`, "
		"`reason`, for a frame of another site `top`, the tab that contains it, and, if they are known, `server`, `server-port`, `server-pid`) and "
		"`events` (the last 5, as in `savecast log --json`). Later versions may add keys, "
		"but change and remove none.\n",
	.examples = "savecast status",
	.options = "aj",
	.takes = VERB_TAKES_NOTHING,
	.run = status_run,
};
