/* SPDX-License-Identifier: MIT */
#include "browser/browser.h"

#include "browser/problems.h"
#include "browser/retry.h"
#include "browser/screenshot.h"
#include "config/withheld.h"
#include "util/clock.h"
#include "util/mem.h"
#include "websocket/wire.h"
#include "websocket/ws-server.h"

#define LOG_MODULE "browser"
#include "util/log.h"

/* One connection, from its handshake to its close: what each message does. */

#define HELLO_WITHIN_USEC (5 * CLOCK_USEC_PER_SEC)

void session_tell_error(
	struct browser *browser, const char *code, const char *message, bool fatal)
{
	_cleanup_free_ char *text = wire_encode_error(code, message);

	ws_client_send(browser->client, text);
	if (fatal) {
		log_warning("%s: message refused: %s: %s",
			browser->name ? browser->name : "a browser", code, message);
		ws_client_close(browser->client, WS_POLICY);
	}
}

static void session_forget_tab(struct tab *tab, const char *why)
{
	struct browser *browser = tab->browser;
	struct browsers *browsers = browser->browsers;
	struct project *project = tab->project;
	bool had_problems = problems_any(tab->problems);

	screenshot_tab_gone(tab);
	tab_end_event(tab, STEP_GONE, why);
	retry_end(tab);
	tabs_remove(&browser->tabs, tab);
	browsers->tab_count--;
	browsers->hooks.changed(project, browsers->userdata);
	if (project && had_problems) {
		browsers->hooks.problems_changed(project, browsers->userdata);
	}
}

void session_forget_tabs(struct browser *browser, const char *why)
{
	while (browser->tabs.count) {
		session_forget_tab(browser->tabs.sorted[browser->tabs.count - 1], why);
	}
}

/* Its processes are known and watched, so a visit of its page need not check it. */
static bool server_is_well(const struct server *server)
{
	return server_main(server) && server_health(server) == SERVER_WELL;
}

static void session_watch(struct browser *browser, struct wire_message *message)
{
	struct browsers *browsers = browser->browsers;
	struct tab *tab = tabs_find(&browser->tabs, message->tab);
	bool asked;

	if (!tab) {
		tab = tabs_add(&browser->tabs, message->tab);
		if (!tab) {
			_cleanup_free_ char *why = mem_printf("watch: tab: %llu: this browser has "
							      "%d tabs switched on already",
				(unsigned long long)message->tab, TABS_MAX);

			session_tell_error(browser, WIRE_TOO_MANY_TABS, why, false);
			return;
		}
		tab->browser = browser;
		if (browsers->tab_count++ == 0) {
			browsers_start_pings(browsers);
		}
		browsers->hooks.changed(NULL, browsers->userdata);
	}
	asked = retry_is(tab, tab->awaited);
	/*
	 * savecast has stopped trying, but the user has loaded the page: the server may answer
	 * again.
	 */
	if (tab->retry && (!asked || strcmp(tab->url, message->url) != 0)) {
		if (asked) {
			tab_end_event(tab, STEP_SKIPPED, "the tab went to another page");
		}
		retry_end(tab);
	}
	tab_set_url(tab, mem_steal(message->url));
	tab->framed = message->framed;
	tab->parent = message->parent;
	tab_tell_again(tab);
	if (tab->server && !server_is_well(tab->server)) {
		/* the user requested the page: the server may be running again */
		server_recheck(tab->server);
	}
}

/*
 * Without permission for the page, an extension cannot tell the browser's error page from a
 * loaded page. If no process of the server is known, a missing socket shows that it is down.
 */
static bool loaded_nothing(const struct tab *tab, const struct wire_message *message)
{
	return message->step == STEP_LOADED && !message->detail && tab->server &&
		server_visibility(tab->server) != SERVER_SEEN && !server_listens(tab->server);
}

/* Whether the tab is to try again: it shows an error, or still the old page. */
static bool is_failure(enum step_kind step)
{
	return step == STEP_FAILED || step == STEP_STAYS;
}

static void session_report(struct browser *browser, struct wire_message *message)
{
	struct tab *tab = tabs_find(&browser->tabs, message->tab);
	struct step_place place;
	const char *detail = message->detail ? message->detail : "";

	if (tab && !tab->awaited && tab->unsettled == message->event) {
		tab_resume_event(tab);
	}
	if (!tab || !tab->awaited || tab->awaited != message->event) {
		return; /* it was superseded, or never sent to this tab */
	}
	place = tab_step_place(tab);
	if (loaded_nothing(tab, message)) {
		message->step = STEP_FAILED;
		detail = "nothing listens there";
	}
	if (message->step == STEP_RELOADING || message->step == STEP_PENDING) {
		ledger_step(browser->browsers->ledger, message->event, clock_now_usec(),
			message->step, &place, "%s", detail);
	} else if (is_failure(message->step) && retry_is(tab, message->event)) {
		retry_again(tab, message->step, detail);
	} else {
		if (message->step == STEP_LOADED && retry_is(tab, message->event)) {
			retry_answered(tab);
		}
		if (message->step == STEP_LOADED) {
			tab->loaded = message->event;
			tab->loaded_usec = clock_now_usec();
		}
		tab_end_event(tab, message->step, detail);
		if (is_failure(message->step)) {
			retry_begin(tab, detail);
		} else if (tab->state != WIRE_TAB_LIVE) {
			tab_look_up(tab); /* the tab may have waited for this */
		}
	}
}

/*
 * The user wants the folder of the tab's server to be a project. The message names no folder,
 * so it can only make a folder a project that the daemon itself has found.
 */
static void session_track(struct browser *browser, const struct wire_message *message)
{
	struct browsers *browsers = browser->browsers;
	struct tab *tab = tabs_find(&browser->tabs, message->tab);
	struct route_answer answer;

	if (!tab || tab->project) {
		return; /* it is no longer on, or has a project by now */
	}
	router_answer(browsers->router, tab->url, browser->order, browser->far, &answer);
	if (!answer.project && answer.folder) {
		browsers->hooks.track(answer.folder, browsers->userdata);
	}
	route_answer_clear(&answer);
	tab_tell_again(tab);
}

/*
 * The user trusts the rules that the tab's last answer had. The revision says which these were:
 * the file may have other rules by now.
 */
static void session_trust(struct browser *browser, const struct wire_message *message)
{
	struct browsers *browsers = browser->browsers;
	struct tab *tab = tabs_find(&browser->tabs, message->tab);
	struct route_answer answer;

	if (!tab) {
		return; /* the tab is no longer switched on */
	}
	router_answer(browsers->router, tab->url, browser->order, browser->far, &answer);
	if (answer.withholding && answer.withholding->withheld->revision == message->revision) {
		browsers->hooks.trust(answer.withholding, browsers->userdata);
	}
	route_answer_clear(&answer);
	tab_tell_again(tab);
}

/* The user says which of the servers in the tab's last answer its page comes from. */
static void session_choose(struct browser *browser, const struct wire_message *message)
{
	struct browsers *browsers = browser->browsers;
	struct tab *tab = tabs_find(&browser->tabs, message->tab);

	if (!tab) {
		return; /* the tab is no longer switched on */
	}
	if (router_choose(browsers->router, tab->url, browser->order, browser->far, message->port)) {
		browsers->hooks.choose(browsers->userdata);
	}
	tab_tell_again(tab);
}

static void session_unwatch(struct browser *browser, const struct wire_message *message)
{
	struct tab *tab = tabs_find(&browser->tabs, message->tab);

	if (tab) {
		session_forget_tab(tab, "the tab was switched off or closed");
	}
}

/* `hello` comes once, before all others. */
static bool refuse_order(struct browser *browser, enum wire_type type)
{
	bool wrong = (type == WIRE_HELLO) == (browser->name != NULL) && type != WIRE_IGNORED;

	if (wrong) {
		session_tell_error(browser, WIRE_BAD_ORDER,
			browser->name ? "hello: came twice" : "hello must come first", true);
	}
	return wrong;
}

static void session_on_message(
	struct ws_client *client, const char *text, size_t length, void *userdata)
{
	struct browser *browser = ws_client_data(client);
	struct wire_message message = {0};
	struct wire_error error;

	if (browser->held) {
		return; /* until the user has confirmed the extension */
	}
	if (wire_parse(text, length, &message, &error) < 0) {
		session_tell_error(browser, error.code, error.message, true);
		return;
	}
	if (refuse_order(browser, message.type)) {
		wire_message_clear(&message);
		return;
	}
	switch (message.type) {
	case WIRE_HELLO:
		browser_hello(browser, &message);
		break;
	case WIRE_WATCH:
		session_watch(browser, &message);
		break;
	case WIRE_UNWATCH:
		session_unwatch(browser, &message);
		break;
	case WIRE_REPORT:
		session_report(browser, &message);
		break;
	case WIRE_PROBLEMS:
		problems_report(browser, &message);
		break;
	case WIRE_UPDATES:
		tab_take_updates(tabs_find(&browser->tabs, message.tab), &message.updates);
		break;
	case WIRE_TRACK:
		session_track(browser, &message);
		break;
	case WIRE_TRUST:
		session_trust(browser, &message);
		break;
	case WIRE_PICTURE:
		screenshot_part(browser, &message);
		break;
	case WIRE_CHOOSE:
		session_choose(browser, &message);
		break;
	case WIRE_IGNORED:
		break;
	}
	wire_message_clear(&message);
}

static void session_on_deadline(void *userdata)
{
	struct browser *browser = userdata;

	ws_client_close(browser->client, WS_POLICY);
}

static void session_opened(struct ws_client *client, void *userdata)
{
	struct browsers *browsers = userdata;
	struct browser *browser = mem_new(struct browser);

	browser->browsers = browsers;
	browser->client = client;
	browser->deadline = loop_timer_new(browsers->loop, session_on_deadline, browser);
	browser->next = browsers->first;
	browser->back = &browsers->first;
	if (browser->next) {
		browser->next->back = &browser->next;
	}
	browsers->first = browser;
	ws_client_set_data(client, browser);
	loop_timer_set(browser->deadline, clock_now_usec() + HELLO_WITHIN_USEC);
}

static void session_closed(struct ws_client *client, void *userdata)
{
	struct browser *browser = ws_client_data(client);
	struct browsers *browsers = browser->browsers;

	session_forget_tabs(browser, "the tab was switched off or closed");
	tabs_clear(&browser->tabs);
	*browser->back = browser->next;
	if (browser->next) {
		browser->next->back = browser->back;
	}
	if (browser->name) {
		log_info("%s: browser %u has gone", browser->name, browser->number);
		browsers->count--;
		browsers->hooks.changed(NULL, browsers->userdata);
	}
	loop_timer_free(browser->deadline);
	if (browser->held) {
		wire_message_clear(browser->held);
		free(browser->held);
	}
	free(browser->name);
	free(browser->profile);
	free(browser);
}

const struct ws_callbacks browsers_callbacks = {
	.opened = session_opened,
	.message = session_on_message,
	.closed = session_closed,
};
