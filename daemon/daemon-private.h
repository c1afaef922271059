/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of main/ share: the parts, and who of them is told of what. */

#include "dbus/daemon-api.h"
#include "browser/browsers.h"
#include "dbus/bus.h"
#include "config/settings.h"
#include "pipeline/ledger.h"
#include "readiness/readiness.h"
#include "pipeline/holds.h"
#include "util/loop.h"
#include "util/signals.h"
#include "daemon.h"
#include "pipeline/intake.h"
#include "pipeline/pipeline.h"
#include "project/project.h"
#include "project/state.h"
#include "websocket/proof-key.h"
#include "sources/git/git-ignore.h"
#include "server/router.h"
#include "server/server.h"
#include "sources/sources.h"
#include "websocket/endpoint.h"

/* In the order they are made; they know nothing of each other's owners. */
struct daemon {
	struct loop *loop;
	struct signals *signals;
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

/* daemon-told.c. Each `userdata` is the daemon. */
extern const struct signals_callbacks on_signals;
extern const struct servers_callbacks on_servers;
extern const struct registry_callbacks on_projects;
void on_bus_lost(const char *why, void *userdata);
void on_step(const struct event *event, const struct step *step, void *userdata);
void on_cast(struct project *project, uint64_t serial, const struct fileset *files, void *userdata);
void on_build(struct project *project, void *userdata);
void on_hold_ending(struct project *project, bool failed, void *userdata);
void on_learned(const struct learned *learned, void *userdata);
void on_browsers_changed(struct project *project, void *userdata);
void on_settings_changed(struct project *project, void *userdata);
void on_names_changed(void *userdata);
void on_door_changed(void *userdata);
