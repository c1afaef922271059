/* SPDX-License-Identifier: MIT */
#include "browser/browser.h"

#include "util/mem.h"
#include "websocket/wire.h"
#include "websocket/ws-server.h"

#define LOG_MODULE "browser"
#include "util/log.h"

/*
 * Which browsers may connect: what a browser's hello does, at once or when its extension is known.
 */

/* The answer to hello, with the proof that this is the user's own daemon. */
static char *welcome_text(const struct browsers *browsers, const struct wire_message *message)
{
	const struct proof_key *key = browsers->key;
	char proof[PROOF_DIGITS + 1], text[PROOF_KEY_DIGITS + 1];

	if (!key || !message->nonce) {
		return wire_encode_hello(SAVECAST_VERSION, browsers->instance, NULL, NULL);
	}
	proof_make(key, message->nonce, message->profile, browsers->instance, proof);
	proof_key_write(key, text);
	return wire_encode_hello(
		SAVECAST_VERSION, browsers->instance, proof, message->pair ? text : NULL);
}

/* Two extensions never count as one browser: none can close the connection of another. */
static bool is_same_browser(
	const struct browser *browser, const struct browser *other, const char *profile)
{
	return other->profile && strcmp(other->profile, profile) == 0 &&
		strcmp(ws_client_origin(other->client), ws_client_origin(browser->client)) == 0;
}

static void browser_welcome(struct browser *browser, struct wire_message *message)
{
	struct browsers *browsers = browser->browsers;
	_cleanup_free_ char *text = welcome_text(browsers, message);

	for (struct browser *other = browsers->first; other; other = other->next) {
		if (is_same_browser(browser, other, message->profile)) {
			free(mem_steal(other->profile));
			ws_client_close(other->client, WS_REPLACED);
			/* Closing it may take a while: nothing is sent to it meanwhile. */
			session_forget_tabs(other, "a newer connection of this browser took over");
		}
	}
	loop_timer_set(browser->deadline, CLOCK_NEVER);
	browser->name = mem_steal(message->browser);
	browser->order = strncmp(browser->name, "Firefox", strlen("Firefox")) == 0
		? LOOPBACK_V4_FIRST
		: LOOPBACK_V6_FIRST;
	browser->far = message->far;
	browser->profile = mem_steal(message->profile);
	browser->number = ++browsers->last_number;
	browsers->count++;
	log_info("%s: connected as browser %u (extension %s)", browser->name, browser->number,
		message->extension);
	ws_client_send(browser->client, text);
	browsers->hooks.changed(NULL, browsers->userdata);
}

static void browser_hold(struct browser *browser, struct wire_message *message)
{
	loop_timer_set(browser->deadline, CLOCK_NEVER);
	browser->held = mem_new(struct wire_message);
	*browser->held = *message;
	*message = (struct wire_message){.type = WIRE_IGNORED};
}

static void browser_tell_unconfirmed(struct browser *browser)
{
	const char *origin = ws_client_origin(browser->client);
	char code[PROOF_CODE_DIGITS + 1];
	_cleanup_free_ char *why = NULL;

	proof_origin_code(origin, code);
	why = mem_printf("hello: %s: is not known here: to accept it, run savecast pair %s", origin, code);
	log_info("%s: %s", browser->held->browser, why);
	session_tell_error(browser, WIRE_UNCONFIRMED, why, false);
}

void browser_hello(struct browser *browser, struct wire_message *message)
{
	struct browsers *browsers = browser->browsers;
	const char *origin = ws_client_origin(browser->client);

	if (!browsers->open) {
		browser_hold(browser, message);
		return;
	}
	switch (extensions_meet(&browsers->extensions, origin, message->browser)) {
	case EXTENSION_MAY:
		browser_welcome(browser, message);
		break;
	case EXTENSION_FIRST:
		log_info("%s: %s: the first extension of Firefox here: it is remembered",
			message->browser, origin);
		browser_hold(browser, message); /* until that is on disk */
		browsers->hooks.extensions_changed(true, browsers->userdata);
		break;
	case EXTENSION_WAITS:
		browser_hold(browser, message);
		browser_tell_unconfirmed(browser);
		browsers->hooks.extensions_changed(false, browsers->userdata);
		break;
	}
}

void browsers_open(struct browsers *browsers, const struct proof_key *key)
{
	browsers->key = key;
	browsers->open = true;
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		struct wire_message *hello = mem_steal(browser->held);

		if (hello) {
			browser_hello(browser, hello);
			wire_message_clear(hello);
			free(hello);
		}
	}
}

void browsers_admit(struct browsers *browsers)
{
	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		const char *origin = ws_client_origin(browser->client);

		if (browser->held && extensions_knows(&browsers->extensions, origin)) {
			struct wire_message *hello = mem_steal(browser->held);

			browser_welcome(browser, hello);
			wire_message_clear(hello);
			free(hello);
		}
	}
}

struct extensions *browsers_extensions(struct browsers *browsers)
{
	return &browsers->extensions;
}

bool browsers_pair(struct browsers *browsers, const char *code)
{
	if (!extensions_confirm(&browsers->extensions, code)) {
		return false;
	}
	browsers_admit(browsers);
	browsers->hooks.extensions_changed(false, browsers->userdata);
	return true;
}

void browsers_unpair(struct browsers *browsers, const char *code)
{
	const struct extension *extension = extensions_find(&browsers->extensions, code);

	for (struct browser *browser = browsers->first; browser; browser = browser->next) {
		if (strcmp(ws_client_origin(browser->client), extension->origin) == 0) {
			ws_client_close(browser->client, WS_POLICY);
			session_forget_tabs(browser, "the browser was unpaired");
		}
	}
	extensions_remove(&browsers->extensions, code);
	browsers->hooks.extensions_changed(false, browsers->userdata);
}
