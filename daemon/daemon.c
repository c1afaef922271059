/* SPDX-License-Identifier: MIT */
#include "daemon-private.h"

#include <errno.h>

#include "dbus/names.h"
#include "sources/git/git-home.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/mem.h"

#define LOG_MODULE "main"
#include "util/log.h"

static int daemon_connect(struct daemon *daemon)
{
	_cleanup_free_ char *why = NULL;

	daemon->loop = loop_new();
	daemon->signals = daemon->loop ? signals_new(daemon->loop, &on_signals, daemon) : NULL;
	if (!daemon->signals) {
		log_error("event loop: cannot be created: %s", strerror(errno));
		return -EIO;
	}
	daemon->bus = bus_new(daemon->loop, on_bus_lost, daemon, &why);
	if (!daemon->bus) {
		log_error("no session bus: %s: run savecastd in a desktop session, with "
			  "dbus-run-session or with --private-bus",
			why);
		return -ENOTCONN;
	}
	return 0;
}

/* Creates the modules that decide and act; nothing happens yet. */
static void daemon_make_parts(struct daemon *daemon, const char *config)
{
	const char *state = daemon->state_folder;

	mounts_new(daemon->loop, on_mount, daemon);
	mounts_be_patient(clock_now_usec() + MOUNT_PATIENCE_USEC);
	git_home_new(daemon->loop, on_git_home, daemon);
	daemon->registry = registry_new();
	daemon->state = state_new(daemon->loop, state);
	daemon->ledger = ledger_new();
	daemon->servers = servers_new(daemon->loop, &on_servers, daemon);
	daemon->router = router_new(
		daemon->loop, daemon->registry, daemon->servers, on_names_changed, daemon);
	daemon->browsers = browsers_new(
		daemon->loop, daemon->ledger, daemon->router, &on_browsers, daemon);
	daemon->readiness = readiness_new(
		daemon->loop, daemon->ledger, daemon->browsers, on_history_changed, daemon);
	daemon->ignores = git_ignores_new();
	daemon->intake = intake_new(daemon->registry, daemon->ignores);
	daemon->pipeline = pipeline_new(daemon->loop, daemon->registry, daemon->intake,
		daemon->ledger, on_event_sent, daemon);
	daemon->settings =
		settings_new(daemon->loop, daemon->registry, config, on_settings_changed, daemon);
	daemon->holds = holds_new(daemon->pipeline);
	daemon->journal = journal_new(daemon->loop, state);
	daemon->owed = loop_timer_new(daemon->loop, on_owed, daemon);
	daemon->sources = sources_new(daemon->loop, daemon->registry, daemon->intake,
		daemon->pipeline, on_output_linked, daemon);
}

/* Creates the modules that receive saves and browsers. Nothing arrives before the loop runs. */
static void daemon_make_receivers(struct daemon *daemon)
{
	daemon->endpoint =
		endpoint_new(daemon->loop, daemon_port(daemon),
			&browsers_callbacks, daemon->browsers, on_endpoint_changed, daemon);
	daemon->api = daemon_api_new(&(struct daemon_api_parts){
		.loop = daemon->loop,
		.bus = daemon->bus,
		.registry = daemon->registry,
		.state = daemon->state,
		.ledger = daemon->ledger,
		.settings = daemon->settings,
		.router = daemon->router,
		.intake = daemon->intake,
		.pipeline = daemon->pipeline,
		.sources = daemon->sources,
		.holds = daemon->holds,
		.browsers = daemon->browsers,
		.endpoint = daemon->endpoint,
		.code = daemon->code,
	});
}

/* Sets the callbacks, now that all modules exist. */
static void daemon_listen(struct daemon *daemon)
{
	pipeline_on_build(daemon->pipeline, on_build, daemon);
	pipeline_on_wait(daemon->pipeline, on_wait, daemon);
	holds_on_ending(daemon->holds, on_hold_ending, daemon);
	ledger_listen(daemon->ledger, on_step, daemon);
	registry_listen(daemon->registry, &on_projects, daemon);
}

/* Called last: a process that sees the name finds the objects, and an open port if possible. */
static int daemon_take_name(struct daemon *daemon)
{
	int r = bus_own_name(daemon->bus, DAEMON_NAME);

	if (r == -EEXIST) {
		log_error("%s: another savecastd owns this name on the session bus; "
			  "one is enough",
			DAEMON_NAME);
	}
	return r;
}

uint16_t daemon_port(const struct daemon *daemon)
{
	return daemon->any_port ? 0 : settings_of_daemon(daemon->settings)->port;
}

int daemon_new(struct daemon **new, bool any_port)
{
	_cleanup_free_ char *config = file_xdg_folder("XDG_CONFIG_HOME", ".config");
	struct daemon *daemon = *new = mem_new(struct daemon);
	int r;

	daemon->any_port = any_port;
	daemon->state_folder = file_xdg_folder("XDG_STATE_HOME", ".local/state");
	r = daemon_connect(daemon);
	if (r < 0) {
		return r;
	}
	daemon_make_parts(daemon, config);
	daemon_make_receivers(daemon);
	daemon_listen(daemon);
	r = daemon_load(daemon);
	if (r == 0) {
		r = daemon_take_name(daemon);
	}
	if (r < 0) {
		return r;
	}
	endpoint_log_state(daemon->endpoint);
	settings_add_projects(daemon->settings);
	/* After we have the bus name: if two daemons start at once, only one creates the key. */
	daemon_begin(daemon);
	mounts_be_patient(0);
	return 0;
}

int daemon_run(struct daemon *daemon)
{
	log_info("ready");
	return loop_run(daemon->loop);
}

/*
 * In reverse order. The modules that receive are freed first; without the callbacks, no module
 * calls a module above it.
 */
void daemon_free(struct daemon *daemon)
{
	if (daemon->loop) {
		loop_finish_jobs(daemon->loop);
		mounts_finish();
		state_finish(daemon->state);
	}
	endpoint_free(daemon->endpoint);
	if (daemon->registry) {
		registry_listen(daemon->registry, NULL, NULL);
		ledger_listen(daemon->ledger, NULL, NULL);
	}
	daemon_api_free(daemon->api);
	sources_free(daemon->sources);
	loop_timer_free(daemon->owed);
	journal_free(daemon->journal);
	holds_free(daemon->holds);
	settings_free(daemon->settings);
	pipeline_free(daemon->pipeline);
	intake_free(daemon->intake);
	git_ignores_free(daemon->ignores);
	readiness_free(daemon->readiness);
	browsers_free(daemon->browsers);
	router_free(daemon->router);
	servers_free(daemon->servers);
	ledger_free(daemon->ledger);
	state_free(daemon->state);
	registry_free(daemon->registry);
	bus_free(daemon->bus);
	mounts_free();
	signals_free(daemon->signals);
	loop_free(daemon->loop);
	free(daemon->state_folder);
	free(daemon);
}
