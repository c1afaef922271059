/* SPDX-License-Identifier: MIT */
#include "browser/browsers.h"

#include <stdio.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pathname.h"
#include "browser/browser.h"
#include "wire/wire.h"
#include "ws/ws-server.h"

/* Chromium puts a background page to sleep that got no message for 30 s. */
#define PING_EVERY_USEC (20 * CLOCK_USEC_PER_SEC)

void browsers_start_pings(struct browsers *browsers)
{
	loop_timer_set(browsers->ping, clock_now_usec() + PING_EVERY_USEC);
}

/* Only while a tab is switched on: a browser without one may go to sleep. */
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

struct browsers *browsers_new(struct loop *loop, struct ledger *ledger, struct router *router,
	browsers_changed_fn *changed, void *userdata)
{
	struct browsers *browsers = mem_new(struct browsers);
	uint64_t instance;

	*browsers = (struct browsers){
		.loop = loop,
		.ledger = ledger,
		.router = router,
		.changed = changed,
		.userdata = userdata,
	};
	if (getrandom(&instance, sizeof instance, 0) != sizeof instance) {
		instance = clock_usec(CLOCK_REALTIME);
	}
	snprintf(browsers->instance, sizeof browsers->instance, "%016llx",
		(unsigned long long)instance);
	browsers->ping = loop_timer_new(loop, browsers_on_ping, browsers);
	return browsers;
}

void browsers_set_key(struct browsers *browsers, const struct proof_key *key)
{
	browsers->key = key;
}

void browsers_free(struct browsers *browsers)
{
	if (browsers) {
		loop_timer_free(browsers->ping);
		free(browsers);
	}
}

/* Whether a new project at `root` could take this tab from the one that has it. */
static bool tab_may_move(const struct tab *tab, const struct project *added)
{
	return !tab->project || pathname_is_below(added->root, tab->project->root);
}

void browsers_project_added(struct browsers *browsers, const struct project *project)
{
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		for (size_t i = 0; i < browser->tabs.count; i++) {
			if (tab_may_move(browser->tabs.sorted[i], project)) {
				tab_look_up(browser->tabs.sorted[i]);
			}
		}
	}
}

void browsers_project_removed(struct browsers *browsers, struct project *project)
{
	while (project->tabs) {
		struct tab *tab = project->tabs;

		tab_let_go(tab, STEP_SKIPPED, "the project was untracked");
		tab_set_project(tab, NULL);
		tab_look_up(tab);
	}
}

void browsers_server_changed(struct browsers *browsers, const struct server *server)
{
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		for (size_t i = 0; i < browser->tabs.count; i++) {
			if (browser->tabs.sorted[i]->server == server) {
				tab_look_up(browser->tabs.sorted[i]);
			}
		}
	}
}

void browsers_look_up(struct browsers *browsers)
{
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		for (size_t i = 0; i < browser->tabs.count; i++) {
			tab_look_up(browser->tabs.sorted[i]);
		}
	}
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
			told(browser->tabs.sorted[i], userdata);
		}
	}
}

uint32_t browser_number(const struct browser *browser)
{
	return browser->number;
}

const char *browser_name(const struct browser *browser)
{
	return browser->name;
}
