/* SPDX-License-Identifier: MIT */
#include "daemon-private.h"

#define LOG_MODULE "main"
#include "util/log.h"

/* What each part tells, and whom: the parts do not know one another. */

static void on_end(void *userdata)
{
	struct daemon *daemon = userdata;

	loop_quit(daemon->loop, 0);
}

static void on_hang_up(void *userdata)
{
	struct daemon *daemon = userdata;

	log_info("SIGHUP: reading all settings again");
	settings_read_again(daemon->settings);
	door_try(daemon->door);
}

const struct signals_callbacks on_signals = {
	.end = on_end,
	.hang_up = on_hang_up,
};

void on_bus_lost(const char *why, void *userdata)
{
	struct daemon *daemon = userdata;

	log_info("%s: ending; a call on the bus starts the daemon again", why);
	loop_quit(daemon->loop, 0);
}

void on_step(const struct event *event, const struct step *step, void *userdata)
{
	struct daemon *daemon = userdata;

	if (step->kind == STEP_HEARD && daemon->door) {
		door_try(daemon->door); /* now is when it is missed */
	}
	log_debug("event %llu: %s: %s", (unsigned long long)event->serial,
		step_kind_name(step->kind), step_text(event, step));
	if (daemon->api) {
		daemon_api_step(daemon->api, event, step);
	}
}

void on_cast(struct project *project, uint64_t serial, const struct fileset *files, void *userdata)
{
	struct daemon *daemon = userdata;

	keeper_event(daemon->keeper, project, serial, files);
}

void on_build(struct project *project, void *userdata)
{
	browsers_build_changed(project);
}

void on_hold_ending(struct project *project, bool failed, void *userdata)
{
	struct daemon *daemon = userdata;

	sources_settle(daemon->sources, project, failed);
}

static void on_server_changed(struct server *server, void *userdata)
{
	struct daemon *daemon = userdata;

	browsers_server_changed(daemon->browsers, server);
	keeper_server_changed(daemon->keeper, server);
	if (daemon->api) {
		daemon_api_server_changed(daemon->api, server); /* last: may let go of it */
	}
}

static void on_server_stirred(struct server *server, void *userdata)
{
	struct daemon *daemon = userdata;

	keeper_server_stirred(daemon->keeper, server);
}

static void on_server_gone(struct server *server, void *userdata)
{
	struct daemon *daemon = userdata;

	keeper_server_gone(daemon->keeper, server);
}

const struct servers_callbacks on_servers = {
	.changed = on_server_changed,
	.stirred = on_server_stirred,
	.gone = on_server_gone,
};

void on_learned(const struct learned *learned, void *userdata)
{
	struct daemon *daemon = userdata;

	state_store_learned(daemon->state, learned);
}

void on_browsers_changed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	if (daemon->api) {
		daemon_api_browsers_changed(daemon->api);
		if (project) {
			daemon_api_project_changed(daemon->api, project);
		}
	}
	if (project && daemon->sources) {
		sources_project_changed(daemon->sources, project);
	}
}

static void on_project_added(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	settings_project_added(daemon->settings, project); /* first: all others may ask for them */
	if (daemon->api) {
		daemon_api_project_added(daemon->api, project);
	}
	browsers_project_added(daemon->browsers, project);
	sources_settings_changed(daemon->sources, project);
}

static void on_project_changed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	if (daemon->api) {
		daemon_api_project_changed(daemon->api, project);
	}
	sources_project_changed(daemon->sources, project);
}

static void on_project_removed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	sources_forget(daemon->sources, project);
	holds_forget(daemon->holds, project);
	pipe_forget(daemon->pipe, project);
	keeper_project_removed(daemon->keeper, project);
	if (daemon->api) {
		daemon_api_project_removed(daemon->api, project);
	}
	browsers_project_removed(daemon->browsers, project);
	settings_project_removed(daemon->settings, project);
}

void on_settings_changed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	if (!project && daemon->door) {
		door_set_port(daemon->door, settings_of_daemon(daemon->settings)->port);
	}
	browsers_look_up(daemon->browsers);
	if (daemon->sources) {
		sources_settings_changed(daemon->sources, project);
	}
	if (daemon->api) {
		daemon_api_settings_changed(daemon->api, project);
	}
}

void on_names_changed(void *userdata)
{
	struct daemon *daemon = userdata;

	browsers_look_up(daemon->browsers);
}

void on_door_changed(void *userdata)
{
	struct daemon *daemon = userdata;

	if (daemon->api) {
		daemon_api_door_changed(daemon->api);
	}
}

const struct registry_callbacks on_projects = {
	.added = on_project_added,
	.changed = on_project_changed,
	.removed = on_project_removed,
};
