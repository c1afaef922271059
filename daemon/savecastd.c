/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "api/daemon-bus.h"
#include "base/file.h"
#include "base/mem.h"
#include "browser/browsers.h"
#include "bus/bus.h"
#include "config/setting.h"
#include "config/settings.h"
#include "event/ledger.h"
#include "gate/keeper.h"
#include "git/git-ignore.h"
#include "hold/hold.h"
#include "loop/loop.h"
#include "pipe/intake.h"
#include "pipe/pipe.h"
#include "project/project.h"
#include "project/state.h"
#include "proof/key.h"
#include "route/router.h"
#include "server/server.h"
#include "source/sources.h"
#include "ws/door.h"

#define LOG_MODULE "main"
#include "base/log.h"

#define BUS_NAME "io.github.savecast.Daemon1"

/* The daemon's parts, in the order they are made; they know nothing of each other's owners. */
struct daemon {
	struct loop *loop;
	int signals;
	struct loop_fd *signal_watch;
	struct registry *registry;
	struct state *state;
	struct settings *settings;
	struct ledger *ledger;
	struct servers *servers;
	struct router *router;
	struct browsers *browsers;
	struct keeper *keeper;
	struct git_ignores *ignores;
	struct intake *intake;
	struct pipe *pipe;
	struct holds *holds;
	struct sources *sources;
	struct proof_key key;
	char code[PROOF_CODE_DIGITS + 1]; /* of the key; empty if there is none */
	struct door *door;
	struct bus *bus;
	struct daemon_api *api;
};

static void on_signal(uint32_t events, void *userdata)
{
	struct daemon *daemon = userdata;
	struct signalfd_siginfo info;

	if (read(daemon->signals, &info, sizeof info) != sizeof info) {
		return;
	}
	if (info.ssi_signo == SIGHUP) {
		log_info("SIGHUP: reading all settings again");
		settings_read_again(daemon->settings);
		door_try(daemon->door);
	} else {
		loop_quit(daemon->loop, 0);
	}
}

static void on_bus_lost(const char *why, void *userdata)
{
	struct daemon *daemon = userdata;

	log_info("%s: ending; a call on the bus starts the daemon again", why);
	loop_quit(daemon->loop, 0);
}

static void on_step(const struct event *event, const struct step *step, void *userdata)
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

static void on_cast(
	struct project *project, uint64_t serial, const struct fileset *files, void *userdata)
{
	struct daemon *daemon = userdata;

	keeper_event(daemon->keeper, project, serial, files);
}

static void on_build(struct project *project, void *userdata)
{
	browsers_build_changed(project);
}

static void on_hold_ending(struct project *project, bool failed, void *userdata)
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

static const struct servers_callbacks on_servers = {
	.changed = on_server_changed,
	.stirred = on_server_stirred,
	.gone = on_server_gone,
};

static void on_learned(const struct learned *learned, void *userdata)
{
	struct daemon *daemon = userdata;

	state_store_learned(daemon->state, learned);
}

static void on_browsers_changed(struct project *project, void *userdata)
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

static void on_settings_changed(struct project *project, void *userdata)
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

static void on_names_changed(void *userdata)
{
	struct daemon *daemon = userdata;

	browsers_look_up(daemon->browsers);
}

static void on_door_changed(void *userdata)
{
	struct daemon *daemon = userdata;

	if (daemon->api) {
		daemon_api_door_changed(daemon->api);
	}
}

static const struct registry_callbacks on_projects = {
	.added = on_project_added,
	.changed = on_project_changed,
	.removed = on_project_removed,
};

static int daemon_watch_signals(struct daemon *daemon)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file that must not grow is an error like a full disk */
	daemon->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (daemon->signals < 0) {
		return -errno;
	}
	daemon->signal_watch =
		loop_fd_new(daemon->loop, daemon->signals, EPOLLIN, on_signal, daemon);
	return 0;
}

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
	if (!daemon->loop || daemon_watch_signals(daemon) < 0) {
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

static void daemon_tear_down(struct daemon *daemon)
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
	loop_fd_free(daemon->signal_watch);
	if (daemon->signals >= 0) {
		close(daemon->signals);
	}
	loop_free(daemon->loop);
}

static void usage(FILE *to)
{
	fputs("Usage: savecastd [--debug | --settings]\n"
	      "Hears of saves on the session bus and reloads the browser tabs that show them.\n"
	      "\n"
	      "  --debug     log every step of every event\n"
	      "  --settings  print what can be set (Markdown)\n"
	      "  --help      this text\n"
	      "  --version   the version\n"
	      "\n"
	      "Settings: $XDG_CONFIG_HOME/savecast/config, and .savecast in a project's root\n"
	      "(git-config syntax; read again when they change), for example\n"
	      "  git config -f ~/.config/savecast/config savecast.port 7284\n"
	      "  git config -f .savecast --add savecast.ignore '*.log'\n"
	      "Tracked projects: $XDG_STATE_HOME/savecast/projects.json\n"
	      "Exit status: 0 ended as asked, or the bus went away; 1 could not start;\n"
	      "  2 wrong usage; 3 another savecastd runs on this bus.\n",
		to);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"debug", no_argument, NULL, 'd'},
		{"settings", no_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{0},
	};
	struct daemon daemon = {.signals = -1};
	int r;

	mem_init();
	while ((r = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (r) {
		case 'd':
			log_set_debug(true);
			break;
		case 's':
			setting_document(stdout);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		case 'v':
			puts("savecastd " SAVECAST_VERSION);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return 2;
	}
	r = daemon_build(&daemon);
	if (r == 0) {
		log_info("ready");
		r = loop_run(daemon.loop);
	}
	daemon_tear_down(&daemon);
	return r == 0 ? 0 : r == -EEXIST ? 3 : 1;
}
