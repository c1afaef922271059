/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/tab.h"
#include "pipeline/ledger.h"
#include "project/project.h"
#include "server/router.h"
#include "util/loop.h"
#include "websocket/proof.h"

/*
 * The connected browsers and what they have told: the daemon's side of
 * protocol/websocket.md, above the transport.
 */

struct browsers;
struct ws_callbacks;

/* Told when a browser or tab came or went, and when a tab's project did. */
typedef void browsers_changed_fn(struct project *project, void *userdata);

struct browsers *browsers_new(struct loop *loop, struct ledger *ledger, struct router *router,
	browsers_changed_fn *changed, void *userdata);
/* All connections must be closed. */
void browsers_free(struct browsers *browsers);

/* The key that proves to browsers whose daemon this is; borrowed. There is none at first. */
void browsers_set_key(struct browsers *browsers, const struct proof_key *key);

/* What the transport is to call, with the browsers as its userdata. */
extern const struct ws_callbacks browsers_callbacks;

/*
 * Tells those tabs of the project that show this server (NULL: none at all) to
 * show what this event changed. `plain`: not only its files may have, so reload.
 */
void browsers_send(struct browsers *browsers, struct project *project, const struct server *server,
	uint64_t serial, bool plain);

/* Tells the tabs that show this server to close their connections to it. */
void browsers_close_connections(struct browsers *browsers, const struct server *server);
/* They ask something on the connections that the browser keeps ready: a worker waits for it. */
void browsers_use_spare(struct browsers *browsers, const struct server *server);

/* More or less is known of a server, or its health has changed: its tabs are looked up and told. */
void browsers_server_changed(struct browsers *browsers, const struct server *server);

/* A project came: tabs that it may take are looked up again. */
void browsers_project_added(struct browsers *browsers, const struct project *project);
/* A project goes: its tabs are looked up again. */
void browsers_project_removed(struct browsers *browsers, struct project *project);

/* A build of the project has failed, or is well again: its tabs are told. */
void browsers_build_changed(struct project *project);

/* What a URL shows may have changed: all tabs are looked up again. */
void browsers_look_up(struct browsers *browsers);

unsigned browsers_count(const struct browsers *browsers);
unsigned browsers_tab_count(const struct browsers *browsers);

/* Calls told() for each tab. */
typedef void browsers_tab_fn(const struct tab *tab, void *userdata);
void browsers_each_tab(const struct browsers *browsers, browsers_tab_fn *told, void *userdata);
uint32_t browser_number(const struct browser *browser);
const char *browser_name(const struct browser *browser);
