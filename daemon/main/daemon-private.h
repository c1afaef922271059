/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of main/ share: the parts, and who of them is told of what. */

#include "api/daemon-bus.h"
#include "browser/browsers.h"
#include "bus/bus.h"
#include "config/settings.h"
#include "event/ledger.h"
#include "gate/keeper.h"
#include "hold/hold.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "main/daemon.h"
#include "pipe/intake.h"
#include "pipe/pipe.h"
#include "project/project.h"
#include "project/state.h"
#include "proof/key.h"
#include "repo/git-ignore.h"
#include "route/router.h"
#include "server/server.h"
#include "source/sources.h"
#include "ws/door.h"

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
