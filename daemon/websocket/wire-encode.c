/* SPDX-License-Identifier: MIT */
#include "websocket/wire.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "util/mem.h"
#include "util/utf8.h"

static json_t *encode_text(const char *text)
{
	_cleanup_free_ char *clean = utf8_dup(text);

	return json_string(clean);
}

static void encode_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0) {
		abort(); /* only possible if memory runs out */
	}
}

static json_t *encode_start(const char *type)
{
	json_t *object = json_object();

	encode_set(object, "type", json_string(type));
	return object;
}

static char *encode_end(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);

	if (!text) {
		abort();
	}
	json_decref(object);
	return text;
}

char *wire_encode_hello(
	const char *version, const char *instance, const char *proof, const char *key)
{
	json_t *object = encode_start("hello");

	encode_set(object, "version", encode_text(version));
	encode_set(object, "instance", encode_text(instance));
	if (proof) {
		encode_set(object, "proof", encode_text(proof));
	}
	if (key) {
		encode_set(object, "key", encode_text(key));
	}
	return encode_end(object);
}

const char *wire_tab_state_name(enum wire_tab_state state)
{
	static const char *const names[] = {
		[WIRE_TAB_LIVE] = "live",
		[WIRE_TAB_LOOKING] = "looking",
		[WIRE_TAB_NONE] = "none",
		[WIRE_TAB_WAITING] = "waiting",
		[WIRE_TAB_DOWN] = "down",
	};

	return names[state];
}

static json_t *encode_awaits(const struct wire_tab *tab)
{
	json_t *object = json_object();

	encode_set(object, "event", json_integer((json_int_t)tab->awaits));
	encode_set(object, "subject", encode_text(tab->subject));
	return object;
}

static json_t *encode_failure(const struct wire_failure *failure)
{
	json_t *object = json_object();

	encode_set(object, "event", json_integer((json_int_t)failure->event));
	encode_set(object, "what", encode_text(failure->what));
	encode_set(object, "said", encode_text(failure->said));
	return object;
}

static void encode_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0) {
		abort();
	}
}

/* Without the rules if they are too many to be shown in full. */
static json_t *encode_untrusted(const struct wire_untrusted *untrusted)
{
	json_t *object = json_object(), *rules = json_array();

	for (size_t i = 0; untrusted->count <= WIRE_RULES_MAX && i < untrusted->count; i++) {
		encode_append(rules, encode_text(untrusted->rules[i]));
	}
	encode_set(object, "project", encode_text(untrusted->project));
	encode_set(object, "rules", rules);
	encode_set(object, "command", encode_text(untrusted->command));
	encode_set(object, "revision", json_integer((json_int_t)untrusted->revision));
	return object;
}

static json_t *encode_choices(const struct wire_choice *choices, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		encode_set(object, "project", encode_text(choices[i].project));
		encode_set(object, "port", json_integer(choices[i].port));
		if (choices[i].socket) {
			encode_set(object, "socket", encode_text(choices[i].socket));
		}
		if (choices[i].chosen) {
			encode_set(object, "chosen", json_true());
		}
		encode_append(array, object);
	}
	return array;
}

static json_t *encode_names(const char *const *names)
{
	json_t *array = json_array();

	for (; *names; names++) {
		encode_append(array, encode_text(*names));
	}
	return array;
}

static void encode_optional(json_t *object, const char *key, const char *text)
{
	if (text) {
		encode_set(object, key, encode_text(text));
	}
}

char *wire_encode_tab(const struct wire_tab *tab)
{
	json_t *object = encode_start("tab");

	encode_set(object, "tab", json_integer((json_int_t)tab->tab));
	encode_set(object, "state", json_string(wire_tab_state_name(tab->state)));
	encode_optional(object, "project", tab->project);
	encode_set(object, "reason", encode_text(tab->reason));
	encode_optional(object, "cause", tab->cause);
	encode_optional(object, "advice", tab->advice);
	encode_optional(object, "folder", tab->folder);
	if (tab->forwarded) {
		encode_set(object, "forwarded", json_integer(tab->forwarded));
	}
	if (tab->awaits) {
		encode_set(object, "awaits", encode_awaits(tab));
	}
	if (tab->failure) {
		encode_set(object, "failure", encode_failure(tab->failure));
	}
	if (tab->untrusted) {
		encode_set(object, "untrusted", encode_untrusted(tab->untrusted));
	}
	if (tab->choice_count) {
		encode_set(object, "choices", encode_choices(tab->choices, tab->choice_count));
	}
	if (tab->problems) {
		encode_set(object, "problems", encode_names(tab->problems));
	}
	return encode_end(object);
}

static void encode_tabs(json_t *object, const uint64_t *tabs, size_t n_tabs)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n_tabs; i++) {
		encode_append(array, json_integer((json_int_t)tabs[i]));
	}
	encode_set(object, "tabs", array);
}

char *wire_encode_let_go(const uint64_t *tabs, size_t n_tabs, bool spare)
{
	json_t *object = encode_start("let-go");

	encode_tabs(object, tabs, n_tabs);
	if (spare) {
		encode_set(object, "spare", json_true());
	}
	return encode_end(object);
}

char *wire_encode_screenshot(uint64_t tab, uint64_t request)
{
	json_t *object = encode_start("screenshot");

	encode_set(object, "tab", json_integer((json_int_t)tab));
	encode_set(object, "request", json_integer((json_int_t)request));
	return encode_end(object);
}

char *wire_encode_ping(void)
{
	return encode_end(encode_start("ping"));
}

char *wire_encode_error(const char *code, const char *message)
{
	json_t *object = encode_start("error");

	encode_set(object, "code", encode_text(code));
	encode_set(object, "message", encode_text(message));
	return encode_end(object);
}
