/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/browsers.h"
#include "config/settings.h"
#include "dbus/bus.h"
#include "pipeline/holds.h"
#include "pipeline/intake.h"
#include "pipeline/ledger.h"
#include "pipeline/pipeline.h"
#include "project/project.h"
#include "project/state.h"
#include "server/router.h"
#include "sources/sources.h"
#include "websocket/endpoint.h"

/*
 * Implements io.github.savecast.Daemon1 and the Project1 object of each project, which
 * protocol/ describes, with the modules below. Its only own state is the subscribers and the
 * calls that wait.
 */

struct daemon_api;

/* The modules that it uses; borrowed. */
struct daemon_api_parts {
	struct loop *loop;
	struct bus *bus;
	struct registry *registry;
	struct state *state;
	struct settings *settings;
	struct ledger *ledger;
	struct router *router;
	struct intake *intake;
	struct pipeline *pipeline;
	struct sources *sources;
	struct holds *holds;
	struct browsers *browsers;
	struct endpoint *endpoint;
	const char *code;	/* of the key that proves whose daemon this is, or "" */
};

struct daemon_api *daemon_api_new(const struct daemon_api_parts *parts);
void daemon_api_free(struct daemon_api *api);

/* To be called after what their names say has happened in the modules. */
void daemon_api_step(
	struct daemon_api *api, const struct event *event, const struct step *step);
void daemon_api_browsers_changed(struct daemon_api *api);
void daemon_api_problems_changed(struct daemon_api *api, struct project *project);
/* A mount answers: tries the calls again that waited for it. */
void daemon_api_mount_answers(struct daemon_api *api);
void daemon_api_extensions_changed(struct daemon_api *api);
void daemon_api_endpoint_changed(struct daemon_api *api);
void daemon_api_server_changed(struct daemon_api *api, const struct server *server);
void daemon_api_project_added(struct daemon_api *api, struct project *project);
void daemon_api_project_changed(struct daemon_api *api, struct project *project);
void daemon_api_project_removed(struct daemon_api *api, struct project *project);
/* `project` is NULL for the user's own settings. */
void daemon_api_settings_changed(struct daemon_api *api, struct project *project);
