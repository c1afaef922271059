/* SPDX-License-Identifier: MIT */
#include "browser/browsers.h"

#include <stdio.h>
#include <sys/random.h>

#include "browser/browser.h"
#include "browser/screenshot.h"
#include "config/setting.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "websocket/wire.h"
#include "websocket/ws-server.h"

/* Chromium suspends a background page that got no message for 30 s. */
#define PING_EVERY_USEC (20 * CLOCK_USEC_PER_SEC)

/*
 * At most this many tabs are looked up before the loop handles other events, which takes
 * some milliseconds.
 */
enum { LOOK_UPS_AT_ONCE = 64 };

void browsers_start_pings(struct browsers *browsers)
{
	loop_timer_set(browsers->ping, clock_now_usec() + PING_EVERY_USEC);
}

/* Only while a tab is switched on: a browser without one may suspend the background page. */
static void browsers_on_ping(void *userdata)
{
	struct browsers *browsers = userdata;
	_cleanup_free_ char *text = NULL;

	if (!browsers->tab_count) {
		return;
	}
	browsers_start_pings(browsers);
	text = wire_encode_ping();
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		if (browser->tabs.count) {
			ws_client_send(browser->client, text);
		}
	}
}

static void look_up_some(void *userdata);

struct browsers *browsers_new(struct loop *loop, struct ledger *ledger, struct router *router,
	const struct browsers_hooks *hooks, void *userdata)
{
	struct browsers *browsers = mem_new(struct browsers);
	uint64_t instance;

	*browsers = (struct browsers){
		.loop = loop,
		.ledger = ledger,
		.router = router,
		.hooks = *hooks,
		.userdata = userdata,
	};
	if (getrandom(&instance, sizeof instance, 0) != sizeof instance) {
		instance = clock_usec(CLOCK_REALTIME);
	}
	snprintf(browsers->instance, sizeof browsers->instance, "%016llx",
		(unsigned long long)instance);
	browsers->ping = loop_timer_new(loop, browsers_on_ping, browsers);
	browsers->look_ups = loop_timer_new(loop, look_up_some, browsers);
	return browsers;
}

void browsers_free(struct browsers *browsers)
{
	if (browsers) {
		screenshot_cancel(browsers);
		loop_timer_free(browsers->look_ups);
		loop_timer_free(browsers->ping);
		extensions_clear(&browsers->extensions);
		free(browsers);
	}
}

/* Looks up some of the stale tabs; the rest follow after the loop has handled other events. */
static void look_up_some(void *userdata)
{
	struct browsers *browsers = userdata;
	unsigned room = browsers->looking_up ? 0 : LOOK_UPS_AT_ONCE;

	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		for (size_t i = 0; i < browser->tabs.count; i++) {
			if (!browser->tabs.sorted[i]->stale) {
				continue;
			}
			if (room-- == 0) {
				loop_timer_set(browsers->look_ups, clock_now_usec());
				return;
			}
			tab_look_up(browser->tabs.sorted[i]);
		}
	}
}

typedef bool tab_choice_fn(const struct tab *tab, const void *of);

/* The first LOOK_UPS_AT_ONCE tabs, usually all, are looked up before this returns. */
static void look_up_those(struct browsers *browsers, tab_choice_fn *chosen, const void *of)
{
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		for (size_t i = 0; i < browser->tabs.count; i++) {
			struct tab *tab = browser->tabs.sorted[i];

			tab->stale |= chosen(tab, of);
		}
	}
	look_up_some(browsers);
}

/* Whether the tab could belong to the new project: with a url rule, any tab could. */
static bool tab_may_move(const struct tab *tab, const void *added)
{
	const struct project *project = added;

	return !tab->project || project->settings->url.count ||
		pathname_is_below(project->root, tab->project->root);
}

void browsers_project_added(struct browsers *browsers, const struct project *project)
{
	look_up_those(browsers, tab_may_move, project);
}

void browsers_project_removed(struct browsers *browsers, struct project *project)
{
	while (project->tabs) {
		struct tab *tab = project->tabs;

		tab_end_event(tab, STEP_SKIPPED, "the project was untracked");
		tab_set_project(tab, NULL);
		tab->stale = true;
	}
	look_up_some(browsers);
}

static bool tab_shows(const struct tab *tab, const void *server)
{
	return tab->server == server || tab->front == server;
}

void browsers_server_changed(struct browsers *browsers, const struct server *server)
{
	look_up_those(browsers, tab_shows, server);
}

static bool tab_is_any(const struct tab *tab, const void *of)
{
	return true;
}

void browsers_look_up(struct browsers *browsers)
{
	look_up_those(browsers, tab_is_any, NULL);
}

static bool tab_is_projectless(const struct tab *tab, const void *of)
{
	return !tab->project;
}

void browsers_look_up_projectless(struct browsers *browsers)
{
	look_up_those(browsers, tab_is_projectless, NULL);
}

bool browsers_demand(struct browsers *browsers)
{
	if (browsers->count) {
		return true;
	}
	browsers->hooks.wanted(browsers->userdata);
	return false;
}

unsigned browsers_count(const struct browsers *browsers)
{
	return browsers->count;
}

unsigned browsers_tab_count(const struct browsers *browsers)
{
	return browsers->tab_count;
}

void browsers_each_tab(const struct browsers *browsers, browsers_tab_fn *told, void *userdata)
{
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		for (size_t i = 0; i < browser->tabs.count; i++) {
			if (!browser->tabs.sorted[i]->with_parent) {
				told(browser->tabs.sorted[i], userdata);
			}
		}
	}
}

uint64_t browsers_top_of(const struct tab *tab)
{
	return tab_top(&tab->browser->tabs, tab);
}

struct tab_place *browsers_tab_places(const struct browsers *browsers, size_t *count)
{
	struct tab_place *places = mem_alloc((browsers->tab_count + 1) * sizeof *places);

	*count = 0;
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		for (size_t i = 0; i < browser->tabs.count; i++) {
			places[(*count)++] =
				(struct tab_place){browser->number, browser->tabs.sorted[i]->id};
		}
	}
	return places;
}

const struct tab *browsers_tab_at(const struct browsers *browsers, const struct tab_place *place)
{
	const struct browser *browser = browsers->first;

	while (browser && browser->number != place->browser) {
		browser = browser->next;
	}
	return browser ? tabs_find(&browser->tabs, place->tab) : NULL;
}

uint32_t browser_number(const struct browser *browser)
{
	return browser->number;
}

const char *browser_name(const struct browser *browser)
{
	return browser->name;
}
