/* SPDX-License-Identifier: MIT */
#include "websocket/wire.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <jansson.h>

#include "util/mem.h"
#include "websocket/wire-fields.h"

static int read_step(const struct wire_reader *reader, enum step_kind *step)
{
	const char *words[STEP_KINDS];
	size_t index = 0;
	int r;

	for (enum step_kind kind = 0; kind < STEP_KINDS; kind++) {
		words[kind] = step_kind_is_of_tab(kind) ? step_kind_name(kind) : NULL;
	}
	r = wire_read_word(reader, "step", words, STEP_KINDS, &index);
	*step = (enum step_kind)index;
	return r;
}

static int read_hello(const struct wire_reader *reader, struct wire_message *message)
{
	int r = wire_read_text(reader, "browser", WIRE_STRING_MAX, &message->browser);

	if (r == 0) {
		r = wire_read_text(reader, "extension", WIRE_STRING_MAX, &message->extension);
	}
	if (r == 0) {
		r = wire_read_token(
			reader, "profile", WIRE_PROFILE_MIN, WIRE_PROFILE_MAX, &message->profile);
	}
	if (r == 0 && json_object_get(reader->object, "nonce")) {
		r = wire_read_token(reader, "nonce", WIRE_NONCE_MIN, WIRE_NONCE_MAX, &message->nonce);
	}
	if (r == 0 && json_object_get(reader->object, "pair")) {
		r = wire_read_flag(reader, "pair", &message->pair);
	}
	if (r == 0 && json_object_get(reader->object, "far")) {
		r = wire_read_flag(reader, "far", &message->far);
	}
	return r;
}

static int read_watch(const struct wire_reader *reader, struct wire_message *message)
{
	const json_t *parent = json_object_get(reader->object, "parent");
	int r = wire_read_number(reader, "tab", &message->tab);

	if (r == 0) {
		r = wire_read_text(reader, "url", WIRE_URL_MAX, &message->url);
	}
	message->framed = parent != NULL;
	if (r == 0 && parent) {
		r = wire_read_number(reader, "parent", &message->parent);
	}
	if (r == 0 && parent && message->parent == message->tab) {
		r = wire_fail_field(reader, "parent", parent, "must be the number of another tab");
	}
	return r;
}

static int read_unwatch(const struct wire_reader *reader, struct wire_message *message)
{
	return wire_read_number(reader, "tab", &message->tab);
}

static int read_trust(const struct wire_reader *reader, struct wire_message *message)
{
	int r = wire_read_number(reader, "tab", &message->tab);

	return r < 0 ? r : wire_read_number(reader, "revision", &message->revision);
}

static int read_choose(const struct wire_reader *reader, struct wire_message *message)
{
	int r = wire_read_number(reader, "tab", &message->tab);

	return r < 0 ? r : wire_read_port(reader, &message->port);
}

static int read_report(const struct wire_reader *reader, struct wire_message *message)
{
	int r = wire_read_number(reader, "event", &message->event);

	if (r == 0) {
		r = wire_read_number(reader, "tab", &message->tab);
	}
	if (r == 0) {
		r = read_step(reader, &message->step);
	}
	if (r == 0 && json_object_get(reader->object, "detail")) {
		r = wire_read_text(reader, "detail", WIRE_STRING_MAX, &message->detail);
	}
	return r;
}

static int read_updater(const struct wire_reader *reader, size_t index, void *userdata)
{
	struct wire_updates *updates = userdata;
	struct wire_updater *updater = &updates->items[index];
	int r = wire_read_text(reader, "who", WIRE_STRING_MAX, &updater->who);

	updates->count = index + 1;
	return r < 0 ? r : wire_read_port(reader, &updater->port);
}

static int read_updates(const struct wire_reader *reader, struct wire_message *message)
{
	struct wire_updates *updates = &message->updates;
	int r = wire_read_number(reader, "tab", &message->tab);

	updates->known = json_object_get(reader->object, "list") != NULL;
	return r == 0 && updates->known
		? wire_read_list(reader, WIRE_UPDATERS_MAX, "servers", read_updater, updates)
		: r;
}

static int read_part(const struct wire_reader *reader, struct wire_message *message)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	int r = wire_read_text(reader, "part", WIRE_PICTURE_PART_MAX, &message->part);

	if (r == 0 && message->part[strspn(message->part, digits)]) {
		r = wire_fail_field(reader, "part", json_object_get(reader->object, "part"),
			"must be base64");
	}
	return r;
}

static int read_picture(const struct wire_reader *reader, struct wire_message *message)
{
	int r = wire_read_number(reader, "tab", &message->tab);

	if (r == 0) {
		r = wire_read_number(reader, "request", &message->request);
	}
	if (r == 0 && json_object_get(reader->object, "last")) {
		r = wire_read_flag(reader, "last", &message->last);
	}
	if (r < 0) {
		return r;
	}
	return json_object_get(reader->object, "part")
		? read_part(reader, message)
		: wire_read_text(reader, "error", WIRE_STRING_MAX, &message->refusal);
}

static const struct {
	const char *name;
	enum wire_type type;
	int (*read)(const struct wire_reader *reader, struct wire_message *message);
} wire_types[] = {
	{"hello", WIRE_HELLO, read_hello},
	{"watch", WIRE_WATCH, read_watch},
	{"unwatch", WIRE_UNWATCH, read_unwatch},
	{"report", WIRE_REPORT, read_report},
	{"problems", WIRE_PROBLEMS, wire_read_problems},
	{"track", WIRE_TRACK, read_unwatch},
	{"updates", WIRE_UPDATES, read_updates},
	{"trust", WIRE_TRUST, read_trust},
	{"picture", WIRE_PICTURE, read_picture},
	{"choose", WIRE_CHOOSE, read_choose},
};

static int read_message(
	const json_t *object, struct wire_message *message, struct wire_error *error)
{
	struct wire_reader reader = {.type = "message", .object = object, .error = error};
	_cleanup_free_ char *type = NULL;
	int r;

	if (!json_is_object(object)) {
		return wire_fail(error, WIRE_BAD_JSON, "message: must be one JSON object");
	}
	r = wire_read_text(&reader, "type", WIRE_STRING_MAX, &type);
	for (size_t i = 0; r == 0 && i < COUNT_OF(wire_types); i++) {
		if (strcmp(type, wire_types[i].name) == 0) {
			reader.type = type;
			message->type = wire_types[i].type;
			r = wire_types[i].read(&reader, message);
			break;
		}
	}
	return r;
}

static int fail_json(const json_error_t *json, struct wire_error *error)
{
	/* It is JSON, but has a value that a message cannot have. */
	bool value = json_error_code(json) == json_error_numeric_overflow ||
		     json_error_code(json) == json_error_null_character;

	return wire_fail(error, value ? WIRE_BAD_MESSAGE : WIRE_BAD_JSON, "message: byte %d: %s",
		json->position, json->text);
}

/* jansson parses 2048 levels recursively. */
static bool too_deep(const char *text, size_t length)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < length; i++) {
		if (quoted) {
			if (text[i] == '\\') {
				i++;
			} else if (text[i] == '"') {
				quoted = false;
			}
		} else if (text[i] == '"') {
			quoted = true;
		} else if (text[i] == '{' || text[i] == '[') {
			if (++depth > WIRE_DEPTH_MAX) {
				return true;
			}
		} else if ((text[i] == '}' || text[i] == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

int wire_parse(
	const char *text, size_t length, struct wire_message *message, struct wire_error *error)
{
	json_error_t json_error;
	json_t *object;
	int r;

	*message = (struct wire_message){.type = WIRE_IGNORED};
	*error = (struct wire_error){.code = NULL};
	if (too_deep(text, length)) {
		return wire_fail(error, WIRE_BAD_JSON, "message: must be nested at most %d deep",
			WIRE_DEPTH_MAX);
	}
	object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &json_error);
	if (!object) {
		return fail_json(&json_error, error);
	}
	r = read_message(object, message, error);
	json_decref(object);
	if (r < 0) {
		wire_message_clear(message);
	}
	return r;
}

void wire_updates_clear(struct wire_updates *updates)
{
	for (size_t i = 0; i < updates->count; i++) {
		free(updates->items[i].who);
	}
	*updates = (struct wire_updates){0};
}

void wire_message_clear(struct wire_message *message)
{
	free(message->browser);
	free(message->extension);
	free(message->profile);
	free(message->nonce);
	free(message->url);
	free(message->detail);
	free(message->part);
	free(message->refusal);
	wire_problems_clear(&message->problems);
	wire_updates_clear(&message->updates);
	*message = (struct wire_message){.type = WIRE_IGNORED};
}
