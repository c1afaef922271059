/* SPDX-License-Identifier: MIT */
#include "browser/screenshot.h"

#include <string.h>

#include "browser/browser.h"
#include "util/clock.h"
#include "util/mem.h"
#include "websocket/wire.h"
#include "websocket/ws-server.h"

#define ANSWER_WITHIN_USEC (5 * CLOCK_USEC_PER_SEC)

/* The picture that is awaited. */
struct screenshot {
	struct tab *tab;
	uint64_t request; /* the number that all its parts have */
	char *data; /* what has arrived, a string */
	size_t length;
	struct loop_timer *timer;
	screenshot_done_fn *done;
	void *userdata;
};

static void screenshot_free(struct screenshot *screenshot)
{
	loop_timer_free(screenshot->timer);
	free(screenshot->data);
	free(screenshot);
}

void screenshot_cancel(struct browsers *browsers)
{
	if (browsers->screenshot) {
		screenshot_free(mem_steal(browsers->screenshot));
	}
}

static void screenshot_end(struct browsers *browsers, const char *why)
{
	struct screenshot *screenshot = mem_steal(browsers->screenshot);

	screenshot->done(
		screenshot->tab, why ? NULL : screenshot->data, why, screenshot->userdata);
	screenshot_free(screenshot);
}

static void screenshot_on_timer(void *userdata)
{
	screenshot_end(userdata, "the browser did not answer within 5 s; its extension may be older");
}

bool screenshot_begin(struct tab *tab, screenshot_done_fn *done, void *userdata)
{
	struct browsers *browsers = tab->browser->browsers;
	struct screenshot *screenshot;
	_cleanup_free_ char *text = NULL;

	if (browsers->screenshot) {
		return false;
	}
	screenshot = mem_new(struct screenshot);
	screenshot->tab = tab;
	screenshot->request = ++browsers->last_request;
	screenshot->timer = loop_timer_new(browsers->loop, screenshot_on_timer, browsers);
	screenshot->done = done;
	screenshot->userdata = userdata;
	browsers->screenshot = screenshot;
	loop_timer_set(screenshot->timer, clock_now_usec() + ANSWER_WITHIN_USEC);
	text = wire_encode_screenshot(tab->id, screenshot->request);
	ws_client_send(tab->browser->client, text);
	return true;
}

void screenshot_part(struct browser *browser, const struct wire_message *message)
{
	struct screenshot *screenshot = browser->browsers->screenshot;
	size_t length = message->part ? strlen(message->part) : 0;

	if (!screenshot || screenshot->request != message->request ||
		screenshot->tab != tabs_find(&browser->tabs, message->tab)) {
		return;
	}
	if (message->refusal) {
		screenshot_end(browser->browsers, message->refusal);
		return;
	}
	if (screenshot->length + length > WIRE_PICTURE_MAX) {
		screenshot_end(browser->browsers, "the browser sent a picture that is too large");
		return;
	}
	screenshot->data =
		mem_resize(screenshot->data, screenshot->length + length + 1, sizeof *screenshot->data);
	memcpy(screenshot->data + screenshot->length, message->part, length + 1);
	screenshot->length += length;
	if (message->last) {
		screenshot_end(browser->browsers, NULL);
	}
}

void screenshot_tab_gone(struct tab *tab)
{
	struct browsers *browsers = tab->browser->browsers;

	if (browsers->screenshot && browsers->screenshot->tab == tab) {
		screenshot_end(browsers, "the tab was switched off or closed meanwhile");
	}
}
