/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/browsers.h"
#include "pipeline/fileset.h"
#include "pipeline/ledger.h"
#include "project/project.h"
#include "readiness/restart-history.h"
#include "server/server.h"

/*
 * Holds each event back until the servers of its project's tabs are serving the new code
 * (gate.h decides when). Tells the tabs when their server is gone, and reloads them when a
 * new generation is serving, whatever started it.
 */

struct readiness;

/* The restart history has changed and may be stored. */
typedef void readiness_history_fn(const struct restart_history *history, void *userdata);

struct readiness *readiness_new(struct loop *loop, struct ledger *ledger, struct browsers *browsers,
	readiness_history_fn *history, void *userdata);
void readiness_free(struct readiness *readiness);

/* To be filled with the stored history. */
struct restart_history *readiness_history(struct readiness *readiness);

/*
 * An event is ready for the project's tabs; `files` were saved, or NULL if a caller asked
 * for a reload. audience.h decides for which tabs the save counts.
 */
void readiness_event(struct readiness *readiness, struct project *project, uint64_t serial,
	const struct fileset *files);

/* Callbacks for servers_callbacks. */
void readiness_server_changed(struct readiness *readiness, struct server *server);
void readiness_process_exited(struct readiness *readiness, struct server *server);
void readiness_server_gone(struct readiness *readiness, struct server *server);

/* The project is about to be forgotten. */
void readiness_project_removed(struct readiness *readiness, const struct project *project);
