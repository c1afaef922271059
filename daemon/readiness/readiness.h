/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/browsers.h"
#include "pipeline/fileset.h"
#include "pipeline/ledger.h"
#include "readiness/restart-history.h"
#include "project/project.h"
#include "server/server.h"

/*
 * The gate's keeper: holds each event back until the servers of its project's
 * tabs serve the new code (gate.h decides), tells the tabs of a server that is
 * gone, and reloads them when a new generation serves, whatever started it.
 */

struct keeper;

/* The lessons have changed, and may be stored. */
typedef void keeper_learned_fn(const struct learned *learned, void *userdata);

struct keeper *keeper_new(struct loop *loop, struct ledger *ledger, struct browsers *browsers,
	keeper_learned_fn *learned, void *userdata);
void keeper_free(struct keeper *keeper);

/* For reading what was stored. */
struct learned *keeper_lessons(struct keeper *keeper);

/*
 * An event leaves for the project's tabs; `files` were saved, or NULL: somebody
 * asks for a reload. A save does nothing where stands_aside().
 */
void keeper_event(struct keeper *keeper, struct project *project, uint64_t serial,
	const struct fileset *files);

/* What the servers tell; see servers_callbacks. */
void keeper_server_changed(struct keeper *keeper, struct server *server);
void keeper_server_stirred(struct keeper *keeper, struct server *server);
void keeper_server_gone(struct keeper *keeper, struct server *server);

/* The project is about to be forgotten. */
void keeper_project_removed(struct keeper *keeper, const struct project *project);
