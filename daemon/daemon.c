/* SPDX-License-Identifier: MIT */
#include "daemon-private.h"

#include <errno.h>

#include "util/file.h"
#include "util/mem.h"

#define LOG_MODULE "main"
#include "util/log.h"

#define BUS_NAME "io.github.savecast.Daemon1"

/* After the name is ours: of two daemons that start together, one makes the key. */
static void daemon_take_key(struct daemon *daemon, const char *state)
{
	if (key_load(&daemon->key, state) == 0) {
		proof_code(&daemon->key, daemon->code);
		browsers_set_key(daemon->browsers, &daemon->key);
	}
}

static int daemon_build(struct daemon *daemon)
{
	_cleanup_free_ char *config = file_xdg_folder("XDG_CONFIG_HOME", ".config");
	_cleanup_free_ char *state = file_xdg_folder("XDG_STATE_HOME", ".local/state");
	_cleanup_free_ char *why = NULL;
	int r;

	daemon->loop = loop_new();
	daemon->signals = daemon->loop ? signals_new(daemon->loop, &on_signals, daemon) : NULL;
	if (!daemon->signals) {
		log_error("cannot make the event loop: %s", strerror(errno));
		return -EIO;
	}
	daemon->bus = bus_new(daemon->loop, on_bus_lost, daemon, &why);
	if (!daemon->bus) {
		log_error("no session bus: %s: savecastd needs one; run it in a desktop session "
			  "or with dbus-run-session",
			why);
		return -ENOTCONN;
	}
	daemon->registry = registry_new();
	daemon->state = state_new(daemon->loop, state);
	daemon->ledger = ledger_new();
	daemon->servers = servers_new(daemon->loop, &on_servers, daemon);
	daemon->router = router_new(
		daemon->loop, daemon->registry, daemon->servers, on_names_changed, daemon);
	daemon->browsers = browsers_new(
		daemon->loop, daemon->ledger, daemon->router, on_browsers_changed, daemon);
	daemon->keeper =
		keeper_new(daemon->loop, daemon->ledger, daemon->browsers, on_learned, daemon);
	daemon->ignores = git_ignores_new();
	daemon->intake = intake_new(daemon->registry, daemon->ignores);
	daemon->pipe = pipe_new(
		daemon->loop, daemon->registry, daemon->intake, daemon->ledger, on_cast, daemon);
	pipe_on_build(daemon->pipe, on_build, daemon);
	r = state_load_learned(daemon->state, keeper_lessons(daemon->keeper));
	if (r < 0) {
		return r;
	}
	daemon->settings =
		settings_new(daemon->loop, daemon->registry, config, on_settings_changed, daemon);
	daemon->holds = holds_new(daemon->pipe);
	holds_on_ending(daemon->holds, on_hold_ending, daemon);
	daemon->sources = sources_new(daemon->loop, daemon->registry, daemon->pipe);
	registry_listen(daemon->registry, &on_projects, daemon);
	r = state_load(daemon->state, daemon->registry);
	if (r < 0) {
		return r;
	}
	ledger_listen(daemon->ledger, on_step, daemon);

	/* Who sees the name finds the port open; where it is not, `savecast status` says why. */
	daemon->door = door_new(daemon->loop, settings_of_daemon(daemon->settings)->port,
		&browsers_callbacks, daemon->browsers, on_door_changed, daemon);
	r = bus_own_name(daemon->bus, BUS_NAME);
	if (r == -EEXIST) {
		log_error("%s: another savecastd owns this name on the session bus; "
			  "one is enough",
			BUS_NAME);
	}
	if (r < 0) {
		return r;
	}
	door_say(daemon->door);
	daemon_take_key(daemon, state);
	settings_meet_projects(daemon->settings);
	daemon->api = daemon_api_new(&(struct daemon_api_parts){
		.bus = daemon->bus,
		.registry = daemon->registry,
		.state = daemon->state,
		.ledger = daemon->ledger,
		.settings = daemon->settings,
		.router = daemon->router,
		.intake = daemon->intake,
		.pipe = daemon->pipe,
		.holds = daemon->holds,
		.browsers = daemon->browsers,
		.door = daemon->door,
		.code = daemon->code,
	});
	return 0;
}

int daemon_new(struct daemon **daemon)
{
	*daemon = mem_new(struct daemon);
	return daemon_build(*daemon);
}

int daemon_run(struct daemon *daemon)
{
	log_info("ready");
	return loop_run(daemon->loop);
}

void daemon_free(struct daemon *daemon)
{
	if (daemon->loop) {
		loop_finish_jobs(daemon->loop);
	}
	door_free(daemon->door);
	daemon->door = NULL;
	daemon_api_free(daemon->api);
	daemon->api = NULL;
	sources_free(daemon->sources);
	daemon->sources = NULL;
	holds_free(daemon->holds);
	pipe_free(daemon->pipe);
	keeper_free(daemon->keeper);
	intake_free(daemon->intake);
	git_ignores_free(daemon->ignores);
	browsers_free(daemon->browsers);
	router_free(daemon->router);
	servers_free(daemon->servers);
	ledger_free(daemon->ledger);
	settings_free(daemon->settings);
	state_free(daemon->state);
	registry_free(daemon->registry);
	bus_free(daemon->bus);
	signals_free(daemon->signals);
	loop_free(daemon->loop);
	free(daemon);
}
