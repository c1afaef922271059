/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by the daemon*.c: the modules, and the callbacks that connect them. */

#include "browser/browsers.h"
#include "config/settings.h"
#include "daemon.h"
#include "dbus/bus.h"
#include "dbus/daemon-api.h"
#include "pipeline/holds.h"
#include "pipeline/journal.h"
#include "pipeline/intake.h"
#include "pipeline/ledger.h"
#include "pipeline/pipeline.h"
#include "project/project.h"
#include "project/state.h"
#include "readiness/readiness.h"
#include "server/router.h"
#include "server/server.h"
#include "sources/git/git-ignore.h"
#include "sources/sources.h"
#include "util/loop.h"
#include "util/mounts.h"
#include "util/signals.h"
#include "websocket/endpoint.h"
#include "websocket/proof.h"

/* In the order in which they are created. */
struct daemon {
	bool any_port;
	bool unread; /* the mount of the state folder does not answer */
	bool has_key;
	char *state_folder; /* $XDG_STATE_HOME or its default; NULL: there is none */
	struct loop *loop;
	struct signals *signals;
	struct bus *bus;
	struct registry *registry;
	struct state *state;
	struct ledger *ledger;
	struct servers *servers;
	struct router *router;
	struct browsers *browsers;
	struct readiness *readiness;
	struct git_ignores *ignores;
	struct intake *intake;
	struct pipeline *pipeline;
	struct settings *settings;
	struct holds *holds;
	struct journal *journal;
	struct loop_timer *owed; /* when to show the previous daemon's unfinished events */
	uint64_t owed_due_usec; /* of that timer */
	bool owed_opening; /* an event that logs one of them is being opened */
	uint64_t owed_until_usec; /* until then, they wait for tabs */
	struct sources *sources;
	struct endpoint *endpoint;
	struct daemon_api *api;
	struct proof_key key; /* if has_key */
	char code[PROOF_CODE_DIGITS + 1]; /* of the key; empty if there is none */
};

/* The port to listen on; 0: any. */
uint16_t daemon_port(const struct daemon *daemon);

/* daemon-callbacks.c. Each `userdata` is the daemon. */
extern const struct signals_callbacks on_signals;
extern const struct servers_callbacks on_servers;
extern const struct registry_callbacks on_projects;
extern const struct browsers_hooks on_browsers;
void on_bus_lost(const char *why, void *userdata);
void on_step(const struct event *event, const struct step *step, void *userdata);
void on_event_sent(
	struct project *project, uint64_t serial, const struct fileset *files, void *userdata);
void on_build(struct project *project, void *userdata);
void on_wait(uint64_t serial, void *userdata);
void on_hold_ending(struct project *project, bool failed, void *userdata);
void on_history_changed(const struct restart_history *history, void *userdata);
void on_settings_changed(struct project *project, void *userdata);
void on_output_linked(struct project *project, void *userdata);
void on_names_changed(void *userdata);
void on_endpoint_changed(void *userdata);
void on_mount(const char *folder, enum mount_state state, void *userdata);
void on_git_home(void *userdata);

/* daemon-state.c: what the daemon has on disk. */
/* Reads what the modules need before the daemon is known on the bus; a negative errno. */
int daemon_load(struct daemon *daemon);
/* Reads the rest; from now on browsers are answered, if it could be read. */
void daemon_begin(struct daemon *daemon);
/* A mount answers: reads what is on it and has not been read. */
void daemon_resume(struct daemon *daemon);

/* daemon-owed.c: events that still waited when the previous daemon ended. */
/* They, and the projects, have been read. */
void daemon_expect_owed(struct daemon *daemon);
/* If a tab of such a project has come, others of its browser, or of other browsers, follow soon. */
void daemon_tabs_changed(struct daemon *daemon, struct project *project);
/* Reloads the tabs of such projects, if it is time and their mount answers. */
void daemon_show_owed(struct daemon *daemon);
/* The project is about to be forgotten. */
void daemon_forget_owed(struct daemon *daemon, struct project *project);
void on_owed(void *userdata);
