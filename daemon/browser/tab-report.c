/* SPDX-License-Identifier: MIT */
#include "browser/browser.h"

#include "browser/problems.h"
#include "browser/retry.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "websocket/ws-server.h"

/* Finds out what a tab shows and how that is known, and tells its browser. */

/* Tells the browser the state of this tab, if it has changed or was `asked` for. */
static void tab_tell(struct tab *tab, enum wire_tab_state state, const char *reason,
	const struct route_answer *answer, bool asked)
{
	const struct build_failure *failed = tab->project ? tab->project->failure : NULL;
	struct wire_failure failure;
	_cleanup_free_ char *folder = answer->folder ? pathname_to_text(answer->folder) : NULL;
	_cleanup_free_ char *text = NULL;
	bool is_news;

	if (!asked && tab->state == state && tab->reason && strcmp(tab->reason, reason) == 0) {
		return;
	}
	if (failed) {
		failure = (struct wire_failure){failed->event, failed->what, failed->said};
	}
	text = wire_encode_tab(tab->id, state, tab->project ? tab->project->label : NULL, reason,
		answer->no_server ? "no-server" : NULL, answer->advice, folder,
		answer->forwarded,
		failed ? &failure : NULL);
	is_news = tab->state != state;
	tab->state = state;
	free(tab->reason);
	tab->reason = mem_strdup(reason);
	ws_client_send(tab->browser->client, text);
	if (is_news) {
		tab->browser->browsers->changed(tab->project, tab->browser->browsers->userdata);
	}
}

/* The tab has come to the project, or left it; NULL: none. */
static void project_changed(const struct tab *tab, struct project *project)
{
	struct browsers *browsers = tab->browser->browsers;

	if (project) {
		browsers->changed(project, browsers->userdata);
	}
	if (project && problems_any(tab->problems)) {
		browsers->problems_changed(project, browsers->userdata);
	}
}

static void tab_answer(struct tab *tab, bool asked)
{
	struct browsers *browsers = tab->browser->browsers;
	struct route_answer answer;
	struct project *before;
	struct server *server_before;

	tab->stale = false;
	router_answer(browsers->router, tab->url, tab->browser->order, &answer);
	/* Not earlier: finding the answer may add a project, which looks up this very tab. */
	before = tab->project;
	server_before = tab->server;
	tab->server = mem_steal(answer.server);
	server_unref(server_before);
	if (answer.project != before) {
		asked = true; /* the project's name is part of the answer */
		tab_set_project(tab, answer.project);
		project_changed(tab, before);
		project_changed(tab, answer.project);
	}
	if (!answer.project) {
		tab_tell(tab, answer.looking ? WIRE_TAB_LOOKING : WIRE_TAB_NONE, answer.reason,
			&answer, asked);
	} else if (!tab->server || server_health(tab->server) == SERVER_WELL) {
		bool down;
		const char *waits = retry_reason(tab, &down);

		tab_tell(tab, !waits ? WIRE_TAB_LIVE : down ? WIRE_TAB_DOWN : WIRE_TAB_WAITING,
			waits ? waits : answer.reason, &answer, asked);
	} else {
		tab_tell(tab,
			server_health(tab->server) == SERVER_DOWN ? WIRE_TAB_DOWN
								  : WIRE_TAB_WAITING,
			server_health_reason(tab->server), &answer, asked);
	}
	route_answer_clear(&answer);
}

void tab_look_up(struct tab *tab)
{
	tab_answer(tab, false);
}

void tab_tell_again(struct tab *tab)
{
	tab_answer(tab, true);
}

void browsers_build_changed(struct project *project)
{
	for (struct tab *tab = project->tabs, *next; tab; tab = next) {
		next = tab->next; /* it may belong to another project afterwards */
		tab_tell_again(tab);
	}
}
