/* SPDX-License-Identifier: MIT */
#include "daemon-private.h"

#include "sources/git/git-home.h"
#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/pathname.h"

#define LOG_MODULE "main"
#include "util/log.h"

/* Connects the modules, which do not know each other: for each event, which modules to call. */

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
	endpoint_retry(daemon->endpoint);
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

	log_debug("event %llu: %s: %s", (unsigned long long)event->serial,
		step_kind_name(step->kind), step_text(event, step));
	if (!daemon->owed_opening) {
		journal_step(daemon->journal, event, step);
	}
	daemon_api_step(daemon->api, event, step);
}

void on_event_sent(
	struct project *project, uint64_t serial, const struct fileset *files, void *userdata)
{
	struct daemon *daemon = userdata;

	readiness_event(daemon->readiness, project, serial, files);
	sources_event_sent(daemon->sources, project);
}

static void on_browser_wanted(void *userdata)
{
	struct daemon *daemon = userdata;

	endpoint_retry(daemon->endpoint);
}

static void on_track(const char *folder, void *userdata)
{
	struct daemon *daemon = userdata;
	_cleanup_free_ char *text = pathname_to_text(folder);

	if (registry_add(daemon->registry, folder, true, 0)) {
		log_info("%s: is a project now, as the user asked in the browser", text);
		state_store(daemon->state, NULL, NULL);
	} else {
		log_warning("track: %s: %d projects are tracked already; untrack some", text,
			PROJECTS_MAX);
	}
}

static void on_trust(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;
	_cleanup_free_ char *text = pathname_to_text(project->root);

	settings_trust(daemon->settings, project, NULL);
	log_info("%s: its settings are trusted, as the user asked in the browser", text);
	state_store_trust(daemon->state, NULL, NULL);
}

static void on_choose(void *userdata)
{
	struct daemon *daemon = userdata;

	state_store_choices(daemon->state);
	browsers_look_up(daemon->browsers);
}

void on_build(struct project *project, void *userdata)
{
	browsers_build_changed(project);
}

void on_wait(uint64_t serial, void *userdata)
{
	struct daemon *daemon = userdata;

	journal_wait(daemon->journal, ledger_find(daemon->ledger, serial));
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
	readiness_server_changed(daemon->readiness, server);
	daemon_api_server_changed(daemon->api, server); /* last: it may release the server */
}

static void on_server_process_exited(struct server *server, void *userdata)
{
	struct daemon *daemon = userdata;

	readiness_process_exited(daemon->readiness, server);
}

static void on_server_gone(struct server *server, void *userdata)
{
	struct daemon *daemon = userdata;

	readiness_server_gone(daemon->readiness, server);
}

const struct servers_callbacks on_servers = {
	.changed = on_server_changed,
	.process_exited = on_server_process_exited,
	.gone = on_server_gone,
};

void on_history_changed(const struct restart_history *history, void *userdata)
{
	struct daemon *daemon = userdata;

	state_store_history(daemon->state);
}

static void on_problems_changed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	daemon_api_problems_changed(daemon->api, project);
}

static void on_browsers_changed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	daemon_api_browsers_changed(daemon->api);
	if (project) {
		daemon_tabs_changed(daemon, project);
		daemon_api_project_changed(daemon->api, project);
		sources_project_changed(daemon->sources, project);
	}
}

static void on_extensions_stored(int error, void *userdata)
{
	struct daemon *daemon = userdata;

	browsers_admit(daemon->browsers);
}

static void on_extensions_changed(bool store, void *userdata)
{
	struct daemon *daemon = userdata;

	daemon_api_extensions_changed(daemon->api);
	if (store) {
		state_store_extensions(daemon->state, on_extensions_stored, daemon);
	}
}

const struct browsers_hooks on_browsers = {
	.changed = on_browsers_changed,
	.problems_changed = on_problems_changed,
	.wanted = on_browser_wanted,
	.track = on_track,
	.trust = on_trust,
	.choose = on_choose,
	.extensions_changed = on_extensions_changed,
};

static void on_project_added(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	settings_project_added(daemon->settings, project); /* first: others use the settings */
	daemon_api_project_added(daemon->api, project);
	browsers_project_added(daemon->browsers, project);
	sources_settings_changed(daemon->sources, project);
	mounts_tell_again();
}

static void on_project_changed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	daemon_api_project_changed(daemon->api, project);
	sources_project_changed(daemon->sources, project);
}

static void on_project_removed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	sources_forget(daemon->sources, project);
	holds_forget(daemon->holds, project);
	pipeline_forget(daemon->pipeline, project);
	daemon_forget_owed(daemon, project);
	readiness_project_removed(daemon->readiness, project);
	daemon_api_project_removed(daemon->api, project);
	browsers_project_removed(daemon->browsers, project);
	settings_project_removed(daemon->settings, project);
}

void on_settings_changed(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	if (!project) {
		endpoint_set_port(daemon->endpoint, daemon_port(daemon));
	}
	browsers_look_up(daemon->browsers);
	sources_settings_changed(daemon->sources, project);
	daemon_api_settings_changed(daemon->api, project);
}

void on_output_linked(struct project *project, void *userdata)
{
	struct daemon *daemon = userdata;

	settings_link_found(daemon->settings, project);
}

void on_names_changed(void *userdata)
{
	struct daemon *daemon = userdata;

	browsers_look_up(daemon->browsers);
}

void on_endpoint_changed(void *userdata)
{
	struct daemon *daemon = userdata;

	daemon_api_endpoint_changed(daemon->api);
}

static void project_resume(struct daemon *daemon, struct project *project, const char *mount)
{
	_cleanup_free_ char *root = mem_strdup(project->root);
	bool unread = project->unread;

	project->unread = false;
	if (unread) {
		settings_mount_answers(daemon->settings, project);
	}
	/* Reading its settings may have removed the project, if its .savecast is gone. */
	if (registry_find(daemon->registry, root) != project) {
		return;
	}
	if (unread) {
		sources_settings_changed(daemon->sources, project);
	}
	sources_mount_answers(daemon->sources, project, mount);
}

void on_mount(const char *folder, enum mount_state state, void *userdata)
{
	struct daemon *daemon = userdata;
	struct registry *registry = daemon->registry;
	_cleanup_free_ char *text = pathname_to_text(folder);
	_cleanup_free_ char *problem = state == MOUNT_WAITS
		? mem_printf("%s does not answer: its saves wait", text)
		: NULL;

	if (state != MOUNT_WAITS) {
		git_home_mount_changed();
	}
	if (state == MOUNT_CHANGED) {
		sources_mount_changed(daemon->sources, folder);
		return;
	}
	if (state == MOUNT_ANSWERS) {
		daemon_resume(daemon);
	} else {
		settings_mount_waits(daemon->settings);
	}
	for (size_t i = registry_count(registry); i-- > 0;) {
		struct project *project =
			i < registry_count(registry) ? registry_at(registry, i) : NULL;

		if (project && mounts_leads_to(project->root, folder)) {
			project_problem_set(registry, project, PROJECT_PART_MOUNT, problem);
		}
		if (project && state == MOUNT_ANSWERS &&
			(mounts_leads_to(project->root, folder) ||
				pathname_is_below(folder, project->root))) {
			project_resume(daemon, project, folder);
		} else if (project && state == MOUNT_ANSWERS) {
			settings_link_answers(daemon->settings, project);
			sources_link_answers(daemon->sources, project);
		}
	}
	if (state == MOUNT_ANSWERS) {
		settings_add_projects(daemon->settings);
		browsers_look_up_projectless(daemon->browsers);
		daemon_api_mount_answers(daemon->api);
		daemon_show_owed(daemon);
	}
}

void on_git_home(void *userdata)
{
	struct daemon *daemon = userdata;

	sources_git_answers(daemon->sources);
	settings_add_projects(daemon->settings);
	browsers_look_up_projectless(daemon->browsers);
}

const struct registry_callbacks on_projects = {
	.added = on_project_added,
	.changed = on_project_changed,
	.removed = on_project_removed,
};
