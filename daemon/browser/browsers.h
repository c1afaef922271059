/* SPDX-License-Identifier: MIT */
#pragma once

#include "browser/extensions.h"
#include "browser/tab.h"
#include "pipeline/ledger.h"
#include "project/project.h"
#include "server/router.h"
#include "util/loop.h"
#include "websocket/proof.h"

/*
 * The connected browsers and their tabs: the daemon's side of protocol/websocket.md, without
 * the transport.
 */

struct browsers;
struct ws_callbacks;

/* Called when a browser causes something that other modules must handle. */
struct browsers_hooks {
	/* a browser or tab was added or removed, or a tab's project changed (NULL: had none) */
	void (*changed)(struct project *project, void *userdata);
	/* the problems of a tab of the project were reported; see problems.h */
	void (*problems_changed)(struct project *project, void *userdata);
	/* an event has no browser to be sent to: none is connected */
	void (*wanted)(void *userdata);
	/* the user asks to track this folder, raw bytes, as a project */
	void (*track)(const char *folder, void *userdata);
	/* the user trusts the rules of this project's own file; see config/trust.h */
	void (*trust)(struct project *project, void *userdata);
	/* the user has chosen a project for a site: router_choices() has changed */
	void (*choose)(void *userdata);
	/*
	 * an extension waits to be confirmed, or is known now; `store`: store the extensions, then
	 * call browsers_admit()
	 */
	void (*extensions_changed)(bool store, void *userdata);
};

struct browsers *browsers_new(struct loop *loop, struct ledger *ledger, struct router *router,
	const struct browsers_hooks *hooks, void *userdata);
/* All connections must be closed. */
void browsers_free(struct browsers *browsers);

/*
 * From now on browsers are answered; until then they wait, because what is known of them has not
 * been read. The key, which is borrowed, proves to them whose daemon this is; NULL: there is none.
 */
void browsers_open(struct browsers *browsers, const struct proof_key *key);

/* Which extensions may connect. They are kept here; the caller stores them on disk. */
struct extensions *browsers_extensions(struct browsers *browsers);
/*
 * After browsers_pair() and browsers_unpair(), the caller stores the extensions.
 *
 * The user confirms the extension with this code: the daemon answers those of its browsers that
 * wait. False if too many are known, see extensions.h. The code must be the code of an extension.
 */
bool browsers_pair(struct browsers *browsers, const char *code);
/* Answers the browsers whose extension is known by now. */
void browsers_admit(struct browsers *browsers);
/* Forgets the extension with this code, and closes its connections. */
void browsers_unpair(struct browsers *browsers, const char *code);

/* The callbacks for the transport; their userdata is the browsers. */
extern const struct ws_callbacks browsers_callbacks;

struct browsers_how {
	bool plain; /* other files may have changed too, so the tabs reload */
	bool restarted; /* the server did, so what it makes itself may have changed, too */
	/* CLOCK_MONOTONIC: until then the server may answer with old content; 0: it does not */
	uint64_t old_until;
};

/*
 * Tells those tabs of the project that show this server (NULL: no server) to apply this
 * event's changes.
 */
void browsers_send(struct browsers *browsers, struct project *project, const struct server *server,
	uint64_t serial, const struct browsers_how *how);

/* Tells the tabs that show this server to close their connections to it. */
void browsers_close_connections(struct browsers *browsers, const struct server *server);
/*
 * Tells the tabs to send a request on the connections that the browser opened in advance: a
 * worker waits for one.
 */
void browsers_use_spare(struct browsers *browsers, const struct server *server);

/* What is known of a server, or its health, has changed: looks up its tabs and tells them. */
void browsers_server_changed(struct browsers *browsers, const struct server *server);

/* A project was added: looks up the tabs that may belong to it. */
void browsers_project_added(struct browsers *browsers, const struct project *project);
/* A project is removed: looks up its tabs again. */
void browsers_project_removed(struct browsers *browsers, struct project *project);

/* A build of the project failed, or succeeded again: tells its tabs. */
void browsers_build_changed(struct project *project);

/* The project of any URL may have changed: looks up all tabs again. */
void browsers_look_up(struct browsers *browsers);
/* Only the tabs without a project. */
void browsers_look_up_projectless(struct browsers *browsers);

/* Whether a browser is connected. If none is, calls wanted(). */
bool browsers_demand(struct browsers *browsers);

unsigned browsers_count(const struct browsers *browsers);
unsigned browsers_tab_count(const struct browsers *browsers);

/*
 * Calls told() for each tab, and for each frame of another project or part than its parent's;
 * other frames belong to their parent.
 */
typedef void browsers_tab_fn(const struct tab *tab, void *userdata);
void browsers_each_tab(const struct browsers *browsers, browsers_tab_fn *told, void *userdata);
/* The tab that contains this frame. */
uint64_t browsers_top_of(const struct tab *tab);
/* Where a tab is, for code that lists many of them in portions. */
struct tab_place {
	uint32_t browser;
	uint64_t tab;
};
/* Returns the places of all tabs, which the caller frees. */
struct tab_place *browsers_tab_places(const struct browsers *browsers, size_t *count);
/* NULL: it is not switched on any more. */
const struct tab *browsers_tab_at(const struct browsers *browsers, const struct tab_place *place);
uint32_t browser_number(const struct browser *browser);
const char *browser_name(const struct browser *browser);
