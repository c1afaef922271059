/* SPDX-License-Identifier: MIT */
#include "browser/browser.h"

#include <stdio.h>

#include "browser/audience.h"
#include "browser/changes.h"
#include "browser/retry.h"
#include "config/setting.h"
#include "util/clock.h"
#include "util/mem.h"
#include "websocket/wire.h"
#include "websocket/ws-server.h"

struct step_place tab_step_place(const struct tab *tab)
{
	return (struct step_place){tab->browser->number, tab->id, tab->framed,
		tab->framed ? tab_top(&tab->browser->tabs, tab) : 0};
}

void tab_resume_event(struct tab *tab)
{
	tab->awaited = tab->unsettled;
	tab->unsettled = 0;
	ledger_await(tab->browser->browsers->ledger, tab->awaited, 1);
}

void tab_end_event(struct tab *tab, enum step_kind kind, const char *why)
{
	struct ledger *ledger = tab->browser->browsers->ledger;
	struct step_place place = tab_step_place(tab);

	if (retry_is(tab, tab->awaited)) {
		retry_end(tab);
	}
	if (tab->awaited) {
		ledger_arrived(ledger, tab->awaited);
		ledger_step(ledger, tab->awaited, clock_now_usec(), kind, &place, "%s", why);
		tab->awaited = 0;
	}
}

/*
 * Groups the tabs by browser; returns how many browsers have some. `old`: the server may
 * still answer with old content. `deciding`: only tabs that are not left to their server.
 */
static struct browser **collect(struct project *project, const struct server *server,
	uint64_t serial, bool old, bool deciding, unsigned *count)
{
	struct browser **browsers = NULL;

	*count = 0;
	for (struct tab *tab = project->tabs; tab; tab = tab->next) {
		struct browser *browser = tab->browser;

		if (tab->server != server || (deciding && audience_is_aside(tab)) ||
			(project->late_event == serial && browser->number <= project->late_after)) {
			continue;
		}
		if (tab->awaited) {
			_cleanup_free_ char *why = mem_printf(
				"replaced by the newer save #%llu", (unsigned long long)serial);

			tab_end_event(tab, STEP_SKIPPED, why);
		}
		retry_end(tab);
		tab->awaited = serial;
		tab->unsettled = old ? serial : 0;
		if (!browser->told) {
			browser->told = mem_alloc(browser->tabs.count * sizeof *browser->told);
			browser->told_count = browser->told_frames = 0;
			browsers = mem_resize(browsers, *count + 1, sizeof *browsers);
			browsers[(*count)++] = browser;
		}
		browser->told[browser->told_count++] = tab->id;
		browser->told_frames += tab->framed;
	}
	return browsers;
}

enum { COUNT_TEXT = 48 };

/* "2 tabs and 1 frame" */
static const char *count_told(const struct browser *browser, char text[static COUNT_TEXT])
{
	unsigned frames = browser->told_frames, tabs = browser->told_count - frames;
	int used = tabs ? snprintf(text, COUNT_TEXT, "%u tab%s", tabs, tabs == 1 ? "" : "s") : 0;

	if (frames) {
		snprintf(text + used, (size_t)(COUNT_TEXT - used), "%s%u frame%s",
			tabs ? " and " : "", frames, frames == 1 ? "" : "s");
	}
	return text;
}

/* The answer for one tab of the server is valid for all of them. */
static const char *aside_of(const struct project *project, const struct server *server)
{
	const char *aside = NULL;

	for (const struct tab *tab = project->tabs; tab && !aside; tab = tab->next) {
		aside = tab->server == server ? audience_aside(tab) : NULL;
	}
	return aside;
}

void browsers_send(struct browsers *browsers, struct project *project, const struct server *server,
	uint64_t serial, const struct browsers_how *how)
{
	struct wire_change changes[WIRE_CHANGES_MAX];
	unsigned count;
	uint64_t now = clock_now_usec();
	const struct event *event = ledger_find(browsers->ledger, serial);
	const char *aside = aside_of(project, server);
	_cleanup_free_ struct browser **to =
		collect(project, server, serial, how->old_until > now,
			aside && event && event->file_count, &count);
	char subject[SUBJECT_MAX + 1], old[64] = "", told[COUNT_TEXT];
	struct wire_reload reload = {
		.event = serial,
		.subject = subject,
		.changes = changes,
		.aside = aside,
		.unseen = server && server_visibility(server) != SERVER_SEEN,
		.restarted = how->restarted,
		.unpatched = !project->settings->patch,
		.unshared = !project->settings->stand_aside,
	};

	if (how->old_until > now) {
		reload.old_msec = (unsigned)((how->old_until - now) / CLOCK_USEC_PER_MSEC) + 1;
		snprintf(old, sizeof old, "; its server may answer as before for %u ms",
			reload.old_msec);
	}
	subject_of(event, subject);
	if (!how->plain) {
		reload.n_changes = changes_of(event, &project->settings->action, changes);
	}
	for (unsigned i = 0; i < count; i++) {
		_cleanup_free_ uint64_t *ids = mem_steal(to[i]->told);
		_cleanup_free_ char *text = wire_encode_reload(&reload, ids, to[i]->told_count);

		ws_client_send(to[i]->client, text);
		ledger_await(browsers->ledger, serial, to[i]->told_count);
		ledger_step(browsers->ledger, serial, clock_now_usec(), STEP_CAST, NULL,
			"to %s of %s%s", count_told(to[i], told), to[i]->name, old);
	}
}

static void send_connections_order(
	struct browsers *browsers, const struct server *server, bool spare)
{
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		uint64_t ids[TABS_MAX];
		size_t count = 0;

		for (size_t i = 0; i < browser->tabs.count; i++) {
			if (browser->tabs.sorted[i]->server == server) {
				ids[count++] = browser->tabs.sorted[i]->id;
			}
		}
		if (count) {
			_cleanup_free_ char *text = wire_encode_let_go(ids, count, spare);

			ws_client_send(browser->client, text);
		}
	}
}

void browsers_close_connections(struct browsers *browsers, const struct server *server)
{
	send_connections_order(browsers, server, false);
}

void browsers_use_spare(struct browsers *browsers, const struct server *server)
{
	send_connections_order(browsers, server, true);
}
