/* SPDX-License-Identifier: MIT */
#include "browser/browser.h"

#include "browser/changes.h"
#include "browser/problems.h"
#include "browser/audience.h"
#include "config/setting.h"
#include "browser/retry.h"
#include "config/withheld.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "websocket/ws-server.h"

/* Finds out what a tab shows and how that is known, and tells its browser. */

/* The rules of the answer that the user has not trusted; the caller frees the command. */
static char *untrusted_of(const struct route_answer *answer, struct wire_untrusted *untrusted)
{
	const struct project *project = answer->withholding;
	char *command;

	if (!project) {
		return NULL;
	}
	command = withheld_advice(project);
	*untrusted = (struct wire_untrusted){
		.project = project->label,
		.rules = project->withheld->texts,
		.count = project->withheld->count,
		.command = command,
		.revision = project->withheld->revision,
	};
	return command;
}

/* The event that the tab waits for while its server is restarting or down, or 0. */
static uint64_t awaited_in(const struct tab *tab, enum wire_tab_state state)
{
	uint64_t event = tab->server ? server_awaited_by(tab->server) : 0;

	return state != WIRE_TAB_WAITING && state != WIRE_TAB_DOWN ? 0
		: event                                            ? event
								   : retry_event(tab);
}

/* Ends with a NULL. */
static void name_sources(problem_sources sources, const char **names)
{
	for (int i = 0; i < PROBLEM_SOURCES; i++) {
		if (sources & (problem_sources)1 << i) {
			*names++ = problem_source_name(i);
		}
	}
	*names = NULL;
}

static problem_sources wanted_by(const struct project *project)
{
	return project ? project->settings->problems : PROBLEM_SOURCES_DEFAULT;
}

static void name_choices(const struct route_answer *answer, struct wire_choice *choices)
{
	for (size_t i = 0; i < answer->choice_count; i++) {
		const struct route_choice *one = &answer->choices[i];

		choices[i] = (struct wire_choice){
			one->project->label, one->port, one->socket, one->chosen};
	}
}

/* Tells the browser the state of this tab, if it has changed or was `asked` for. */
static void tab_tell(struct tab *tab, enum wire_tab_state state, const char *reason,
	const struct route_answer *answer, bool asked)
{
	const struct build_failure *failed = tab->project ? tab->project->failure : NULL;
	struct wire_failure failure = {0};
	struct wire_untrusted untrusted = {.revision = 0};
	_cleanup_free_ char *command = untrusted_of(answer, &untrusted);
	problem_sources wanted = wanted_by(tab->project);
	const char *problems[PROBLEM_SOURCES + 1];
	struct wire_choice choices[WIRE_CHOICES_MAX];
	_cleanup_free_ char *folder = answer->folder ? pathname_to_text(answer->folder) : NULL, *text = NULL;
	uint64_t awaits = awaited_in(tab, state);
	char subject[SUBJECT_MAX + 1];
	bool is_news;

	if (!asked && tab->state == state && tab->awaits == awaits && tab->wanted == wanted &&
		tab->revision == untrusted.revision && tab->reason &&
		strcmp(tab->reason, reason) == 0) {
		return;
	}
	failure = failed ? (struct wire_failure){failed->event, failed->what, failed->said} : failure;
	subject_of(ledger_find(tab->browser->browsers->ledger, awaits), subject);
	name_sources(wanted, problems);
	name_choices(answer, choices);
	text = wire_encode_tab(&(struct wire_tab){
		.tab = tab->id,
		.state = state,
		.project = tab->project ? tab->project->label : NULL,
		.reason = reason,
		.cause = tab->with_parent ? "with-tab" : answer->no_server ? "no-server" : NULL,
		.advice = answer->advice,
		.folder = folder,
		.forwarded = answer->forwarded,
		.awaits = awaits,
		.subject = subject,
		.failure = failed ? &failure : NULL,
		.untrusted = command ? &untrusted : NULL,
		.choices = choices,
		.choice_count = answer->choice_count,
		.problems = wanted == PROBLEM_SOURCES_DEFAULT ? NULL : problems,
	});
	is_news = tab->state != state;
	tab->state = state;
	tab->awaits = awaits;
	tab->revision = untrusted.revision;
	tab->wanted = wanted;
	free(tab->reason);
	tab->reason = mem_strdup(reason);
	ws_client_send(tab->browser->client, text);
	if (is_news) {
		tab->browser->browsers->hooks.changed(tab->project, tab->browser->browsers->userdata);
	}
}

/* The tab has come to the project, or left it; NULL: none. */
static void project_changed(const struct tab *tab, struct project *project)
{
	struct browsers *browsers = tab->browser->browsers;

	if (project) {
		browsers->hooks.changed(project, browsers->userdata);
	}
	if (project && problems_any(tab->problems)) {
		browsers->hooks.problems_changed(project, browsers->userdata);
	}
}

/*
 * While it is not known which server behind a proxy has the page, a tab that was on the same site
 * before keeps its project: it would miss a save otherwise. False: it was elsewhere.
 */
static bool tab_stays(struct tab *tab, struct route_answer *answer, bool asked)
{
	bool stays = answer->looking && tab->same_site && tab->project && answer->server &&
		(answer->server == tab->server || answer->server == tab->front);

	if (stays && asked) {
		_cleanup_free_ char *reason = mem_strdup(tab->reason);

		tab_tell(tab, tab->state, reason, answer, true);
	}
	if (stays) {
		route_answer_clear(answer);
	}
	return stays;
}

/* Its frames may show the same project now, or no longer: they are looked up soon. */
static void look_up_frames(const struct tab *parent)
{
	const struct browser *browser = parent->browser;
	bool any = false;

	for (size_t i = 0; i < browser->tabs.count; i++) {
		struct tab *tab = browser->tabs.sorted[i];

		if (tab->framed && tab->parent == parent->id) {
			tab->stale = any = true;
		}
	}
	if (any) {
		loop_timer_set(browser->browsers->look_ups, clock_now_usec());
	}
}

/* A frame that shows what its parent shows gets no events of its own: the parent gets them. */
static void leave_to_parent(struct tab *tab, struct route_answer *answer)
{
	tab->with_parent = tab->framed &&
		tab_is_with_parent(tabs_find(&tab->browser->tabs, tab->parent),
			answer->project, answer->part);
	if (tab->with_parent) {
		answer->project = NULL;
		free(answer->reason);
		answer->reason =
			mem_strdup("the frame shows the project of its tab, and is updated with it");
	}
}

static void tab_take_server(struct tab *tab, struct route_answer *answer)
{
	struct server *server_before = tab->server, *front_before = tab->front;

	tab->server = mem_steal(answer->server);
	server_unref(server_before);
	tab->front = mem_steal(answer->front);
	server_unref(front_before);
	free(tab->part);
	tab->part = mem_steal(answer->part);
}

static void tab_answer(struct tab *tab, bool asked)
{
	struct browsers *browsers = tab->browser->browsers;
	struct route_answer answer;
	struct project *before;

	router_answer(browsers->router, tab->url, tab->browser->order, tab->browser->far, &answer);
	tab->stale = false; /* as of now, although the answer may have added a project */
	if (tab_stays(tab, &answer, asked)) {
		return;
	}
	leave_to_parent(tab, &answer);
	/* Not earlier: finding the answer may add a project, which looks up this tab, too. */
	before = tab->project;
	tab_take_server(tab, &answer);
	if (answer.project != before) {
		asked = true; /* the project's name is part of the answer */
		tab_set_project(tab, answer.project);
		project_changed(tab, before);
		project_changed(tab, answer.project);
		look_up_frames(tab);
	}
	if (answer.project && tab->updates.count &&
		!router_stands_aside(answer.project, tab->server)) {
		_cleanup_free_ char *updaters = audience_updaters(tab);
		char *longer = mem_printf("%s; %s updates it, too", answer.reason, updaters);

		free(answer.reason);
		answer.reason = longer;
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

/*
 * The answer may add a project, so that other tabs have to be looked up. That happens later,
 * whichever caller is here: callers walk lists of tabs, from which only this tab may move.
 */
static void tab_answer_alone(struct tab *tab, bool asked)
{
	struct browsers *browsers = tab->browser->browsers;
	bool outer = browsers->looking_up;

	browsers->looking_up = true;
	tab_answer(tab, asked);
	browsers->looking_up = outer;
}

void tab_look_up(struct tab *tab)
{
	tab_answer_alone(tab, false);
}

void tab_take_updates(struct tab *tab, struct wire_updates *updates)
{
	if (tab) {
		wire_updates_clear(&tab->updates);
		tab->updates = *updates;
		*updates = (struct wire_updates){0};
		tab_look_up(tab); /* its reason names those dev servers */
	}
}

void tab_tell_again(struct tab *tab)
{
	tab_answer_alone(tab, true);
}

void browsers_build_changed(struct project *project)
{
	for (struct tab *tab = project->tabs, *next; tab; tab = next) {
		next = tab->next; /* it may belong to another project afterwards */
		tab_tell_again(tab);
	}
}
