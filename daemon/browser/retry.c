/* SPDX-License-Identifier: MIT */
#include "browser/retry.h"

#include "browser/changes.h"

#include "browser/browser.h"
#include "config/setting.h"
#include "util/clock.h"
#include "util/mem.h"
#include "websocket/ws-server.h"

#define PAUSE_MIN_USEC (250 * CLOCK_USEC_PER_MSEC)
#define PAUSE_MAX_USEC (15 * CLOCK_USEC_PER_SEC)

struct retry {
	struct tab *tab;
	uint64_t event;
	uint64_t since_usec;
	char *why; /* the latest reason */
	bool down;
	struct loop_timer *timer;
};

uint64_t retry_pause(uint64_t failing, uint64_t give_up)
{
	uint64_t pause = failing / 4;

	if (failing >= give_up) {
		return CLOCK_NEVER;
	}
	if (pause < PAUSE_MIN_USEC) {
		pause = PAUSE_MIN_USEC;
	}
	return pause > PAUSE_MAX_USEC ? PAUSE_MAX_USEC : pause;
}

bool retry_is(const struct tab *tab, uint64_t event)
{
	return event && tab->retry && tab->retry->event == event;
}

const char *retry_reason(const struct tab *tab, bool *down)
{
	*down = tab->retry && tab->retry->down;
	return tab->retry ? tab->retry->why : NULL;
}

uint64_t retry_event(const struct tab *tab)
{
	return tab->retry ? tab->retry->event : 0;
}

void retry_end(struct tab *tab)
{
	struct retry *retry = mem_steal(tab->retry);

	if (retry) {
		loop_timer_free(retry->timer);
		free(retry->why);
		free(retry);
	}
}

/* Whether it is clear without a request that nothing would answer. */
static bool cannot_answer(const struct tab *tab)
{
	return tab->server &&
		(server_health(tab->server) != SERVER_WELL || !server_listens(tab->server));
}

static void retry_ask(struct retry *retry)
{
	struct tab *tab = retry->tab;
	struct browser *browser = tab->browser;
	_cleanup_free_ char *text = NULL;
	char subject[SUBJECT_MAX + 1];

	subject_of(ledger_find(browser->browsers->ledger, retry->event), subject);
	text = wire_encode_reload(
		&(struct wire_reload){.event = retry->event, .subject = subject}, &tab->id, 1);
	ws_client_send(browser->client, text);
	ledger_step(browser->browsers->ledger, retry->event, clock_now_usec(), STEP_CAST, NULL,
		"to 1 tab of %s", browser->name);
}

/* Adds a step that says what the tab waits for, and schedules the next try, if there is one. */
static void retry_schedule(struct retry *retry)
{
	struct tab *tab = retry->tab;
	uint64_t now = clock_now_usec(), failing = now - retry->since_usec, pause;
	const struct project_settings *settings;

	if (!tab->project) {
		tab_end_event(tab, STEP_SKIPPED, "the tab shows no project any more");
		return; /* tab_end_event() has ended the retry */
	}
	settings = tab->project->settings;
	pause = retry_pause(failing, settings->look_for);
	retry->down = failing >= settings->down_after || pause == CLOCK_NEVER;
	loop_timer_set(retry->timer, pause == CLOCK_NEVER ? CLOCK_NEVER : now + pause);
	if (pause == CLOCK_NEVER) {
		_cleanup_free_ char *why = mem_printf("%s: gave up after %lu s",
			retry->why, (unsigned long)(failing / CLOCK_USEC_PER_SEC));

		free(retry->why);
		retry->why = mem_printf("%s: reload the page, or save", why);
		retry->event = 0; /* its event ends; the tab keeps showing the failure */
		tab_end_event(tab, STEP_DOWN, why);
	}
	tab_look_up(tab);
}

static void retry_on_timer(void *userdata)
{
	struct retry *retry = userdata;

	/*
	 * No further try until the tab has reported; if it never reports, the next save
	 * reloads it.
	 */
	if (cannot_answer(retry->tab)) {
		retry_schedule(retry);
	} else {
		retry_ask(retry);
	}
}

static void retry_set_why(struct retry *retry, const char *why)
{
	free(retry->why);
	retry->why = mem_printf("%.300s: %.150s; it is reloaded again until the server answers",
		retry->tab->url, *why ? why : "it could not be loaded");
}

void retry_begin(struct tab *tab, const char *why)
{
	struct browsers *browsers = tab->browser->browsers;
	struct step_place place = tab_step_place(tab);
	uint64_t now = clock_now_usec();
	struct retry *retry;

	if (!tab->project || tab->awaited || strncmp(tab->url, "http", 4) != 0) {
		return;
	}
	retry_end(tab);
	tab->retry = retry = mem_new(struct retry);
	retry->tab = tab;
	retry->since_usec = now;
	retry->timer = loop_timer_new(browsers->loop, retry_on_timer, retry);
	retry->event = ledger_open(browsers->ledger, EVENT_SERVER, tab->project->root, now,
		clock_usec(CLOCK_REALTIME));
	retry_set_why(retry, why);
	tab->awaited = retry->event;
	ledger_await(browsers->ledger, retry->event, 1);
	ledger_step(browsers->ledger, retry->event, now, STEP_WAITING,
		&place, "%s", retry->why);
	retry_schedule(retry);
}

void retry_answered(struct tab *tab)
{
	const struct retry *retry = tab->retry;
	uint64_t now = clock_now_usec();

	ledger_step(tab->browser->browsers->ledger, retry->event, now, STEP_READY, NULL,
		"waited %lu ms: %.300s is answered again",
		(unsigned long)((now - retry->since_usec) / CLOCK_USEC_PER_MSEC), tab->url);
}

void retry_again(struct tab *tab, enum step_kind kind, const char *why)
{
	struct browser *browser = tab->browser;
	struct step_place place = tab_step_place(tab);

	retry_set_why(tab->retry, why);
	ledger_step(browser->browsers->ledger, tab->retry->event, clock_now_usec(), kind,
		&place, "%s", why);
	retry_schedule(tab->retry);
}
