/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/problem-source.h"
#include "project/project.h"
#include "server/server.h"
#include "websocket/wire.h"

/*
 * The tabs that are switched on, and their frames that show another site: such a frame is a tab
 * of its own here. A tab belongs to one browser, which finds it by its
 * number, and to at most one project, which has a list of its tabs. Pure.
 */

struct browser;
struct problems;
struct retry;

enum {
	TABS_MAX = 1024, /* of one browser, with their frames; as in protocol/websocket.md */
	FRAMES_DEPTH_MAX = 16, /* for frames in frames; deeper ones are said to be in another frame */
};

struct tab {
	uint64_t id;
	struct browser *browser;
	char *url;
	bool stale; /* what it shows may have changed: look it up */
	bool framed; /* it is a frame, in the tab or frame with this number: */
	uint64_t parent;
	bool with_parent; /* the frame shows what its parent shows, and is updated with it */
	bool same_site; /* its last page was of the same scheme, host and port */
	enum wire_tab_state state; /* as sent to the browser, with the reason: */
	char *reason;
	uint64_t awaits; /* the event that waits for its server, or that of its retry; 0: none */
	uint64_t revision; /* of the rules that are withheld; 0: none */
	problem_sources wanted; /* of its pages' problems */
	struct server *server;	  /* a reference; NULL if none is known */
	struct server *front; /* the proxy in front of it, a reference; or NULL */
	char *part; /* the folder of the project that the server serves; NULL: all of it */
	uint64_t awaited;	  /* the event whose end this tab has not reported, or 0 */
	/* the last event, after which the server may have answered with old content; or 0 */
	uint64_t unsettled;
	struct retry *retry;	  /* set while it shows a failed load; see retry.h */
	struct wire_updates updates; /* the dev servers that update its page by themselves */
	struct problems *problems; /* of its latest load; see problems.h; NULL: not reported yet */
	uint64_t loaded; /* the last event that it loaded a page for, or 0; the time of that: */
	uint64_t loaded_usec;
	struct project *project;  /* NULL if none is known */
	struct tab *next, **back; /* in the project's list */
};

/* A browser's tabs, by number. */
struct tabs {
	struct tab **sorted;
	size_t count;
};

struct tab *tabs_find(const struct tabs *tabs, uint64_t id);
/* NULL if there are TABS_MAX already. */
struct tab *tabs_add(struct tabs *tabs, uint64_t id);
void tabs_remove(struct tabs *tabs, struct tab *tab);
void tabs_clear(struct tabs *tabs);

/* Moves the tab to this project's list, from any other; NULL for none. */
void tab_set_project(struct tab *tab, struct project *project);
/*
 * Whether a frame with this project and part shows what its parent shows; `parent` is NULL if that
 * is not on.
 */
bool tab_is_with_parent(
	const struct tab *parent, const struct project *project, const char *part);
/* The number of the tab that contains the frame; for a tab, its own number. */
uint64_t tab_top(const struct tabs *tabs, const struct tab *tab);
/*
 * Whether no earlier tab in the project's list shows the same server. True for one tab per
 * server.
 */
bool tab_is_first_of_server(const struct tab *tab);

/* The tab shows this URL now; takes ownership of it. */
void tab_set_url(struct tab *tab, char *url);
