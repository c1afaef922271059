/* SPDX-License-Identifier: MIT */
#include "websocket/wire.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "util/mem.h"
#include "util/utf8.h"

/* How much of a wrong value is shown. */
enum { WIRE_SHOWN_MAX = 64 };

/* Data for reading the fields of one message. */
struct wire_reader {
	const char *type; /* of the message */
	const json_t *object;
	struct wire_error *error;
};

static int fail(struct wire_error *error, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct wire_error *error, const char *code, const char *format, ...)
{
	char text[2 * WIRE_ERROR_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	error->code = code;
	utf8_copy(error->message, sizeof error->message, text, strlen(text));
	/* The text shows what a peer sent; it must stay one line. */
	for (char *c = error->message; *c; c++) {
		if (iscntrl((unsigned char)*c)) {
			*c = '?';
		}
	}
	return -EBADMSG;
}

/* jansson would go 2048 levels deep, on the stack. */
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

/* Formats a field's wrong value for display. */
static void show(const json_t *value, char shown[WIRE_SHOWN_MAX])
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		utf8_copy(shown, WIRE_SHOWN_MAX - strlen("..."), json_string_value(value),
			json_string_length(value));
		if (strlen(shown) < json_string_length(value)) {
			strcat(shown, "...");
		}
		break;
	case JSON_INTEGER:
		snprintf(shown, WIRE_SHOWN_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		snprintf(shown, WIRE_SHOWN_MAX, "%.17g", json_real_value(value));
		break;
	case JSON_OBJECT:
		strcpy(shown, "an object");
		break;
	case JSON_ARRAY:
		strcpy(shown, "an array");
		break;
	case JSON_TRUE:
		strcpy(shown, "true");
		break;
	case JSON_FALSE:
		strcpy(shown, "false");
		break;
	case JSON_NULL:
		strcpy(shown, "null");
		break;
	}
}

static int fail_field(
	const struct wire_reader *reader, const char *key, const json_t *value, const char *why)
{
	char shown[WIRE_SHOWN_MAX] = "missing";

	if (value) {
		show(value, shown);
	}
	return fail(
		reader->error, WIRE_BAD_MESSAGE, "%s: %s: %s: %s", reader->type, key, shown, why);
}

static int read_number(const struct wire_reader *reader, const char *key, uint64_t *number)
{
	const json_t *value = json_object_get(reader->object, key);
	json_int_t integer = json_is_integer(value) ? json_integer_value(value) : -1;

	if (integer < 0 || (uint64_t)integer > WIRE_NUMBER_MAX) {
		return fail_field(
			reader, key, value, "must be an integer from 0 to 9007199254740991");
	}
	*number = (uint64_t)integer;
	return 0;
}

static int read_text(const struct wire_reader *reader, const char *key, size_t max, char **text)
{
	const json_t *value = json_object_get(reader->object, key);
	char why[64];

	if (!json_is_string(value)) {
		return fail_field(reader, key, value, "must be a string");
	}
	if (json_string_length(value) > max) {
		snprintf(why, sizeof why, "must be at most %zu bytes long", max);
		return fail_field(reader, key, value, why);
	}
	*text = mem_strdup(json_string_value(value));
	return 0;
}

/* Only letters, digits and -. */
static int read_token(
	const struct wire_reader *reader, const char *key, size_t min, size_t max, char **token)
{
	const json_t *value = json_object_get(reader->object, key);
	const char *text = json_string_value(value);
	size_t length = text ? strlen(text) : 0;
	bool fits = length >= min && length <= max;
	char why[64];

	for (const char *c = text; fits && *c; c++) {
		fits = isalnum((unsigned char)*c) || *c == '-';
	}
	if (!fits) {
		snprintf(why, sizeof why, "must be %zu to %zu letters, digits or -", min, max);
		return fail_field(reader, key, value, why);
	}
	*token = mem_strdup(text);
	return 0;
}

static int read_flag(const struct wire_reader *reader, const char *key, bool *flag)
{
	const json_t *value = json_object_get(reader->object, key);

	if (!json_is_boolean(value)) {
		return fail_field(reader, key, value, "must be true or false");
	}
	*flag = json_is_true(value);
	return 0;
}

static const char *const wire_steps[] = {
	[WIRE_RELOADING] = "reloading",
	[WIRE_LOADED] = "loaded",
	[WIRE_FAILED] = "failed",
	[WIRE_SKIPPED] = "skipped",
	[WIRE_SWAPPED] = "swapped",
	[WIRE_UNUSED] = "unused",
	[WIRE_PENDING] = "pending",
};

const char *wire_step_name(enum wire_step step)
{
	return wire_steps[step];
}

static int read_step(const struct wire_reader *reader, enum wire_step *step)
{
	const json_t *value = json_object_get(reader->object, "step");
	const char *name = json_string_value(value);
	char why[WIRE_ERROR_MAX] = "must be one of "; /* a step is at most 16 bytes */

	for (size_t i = 0; name && i < COUNT_OF(wire_steps); i++) {
		if (strcmp(name, wire_steps[i]) == 0) {
			*step = (enum wire_step)i;
			return 0;
		}
	}
	for (size_t i = 0; i < COUNT_OF(wire_steps); i++) {
		strcat(strcat(why, i ? ", " : ""), wire_steps[i]);
	}
	return fail_field(reader, "step", value, why);
}

static int read_hello(const struct wire_reader *reader, struct wire_message *message)
{
	int r = read_text(reader, "browser", WIRE_STRING_MAX, &message->browser);

	if (r == 0) {
		r = read_text(reader, "extension", WIRE_STRING_MAX, &message->extension);
	}
	if (r == 0) {
		r = read_token(
			reader, "profile", WIRE_PROFILE_MIN, WIRE_PROFILE_MAX, &message->profile);
	}
	if (r == 0 && json_object_get(reader->object, "nonce")) {
		r = read_token(reader, "nonce", WIRE_NONCE_MIN, WIRE_NONCE_MAX, &message->nonce);
	}
	if (r == 0 && json_object_get(reader->object, "pair")) {
		r = read_flag(reader, "pair", &message->pair);
	}
	return r;
}

static int read_watch(const struct wire_reader *reader, struct wire_message *message)
{
	int r = read_number(reader, "tab", &message->tab);

	return r < 0 ? r : read_text(reader, "url", WIRE_URL_MAX, &message->url);
}

static int read_unwatch(const struct wire_reader *reader, struct wire_message *message)
{
	return read_number(reader, "tab", &message->tab);
}

static int read_report(const struct wire_reader *reader, struct wire_message *message)
{
	int r = read_number(reader, "event", &message->event);

	if (r == 0) {
		r = read_number(reader, "tab", &message->tab);
	}
	if (r == 0) {
		r = read_step(reader, &message->step);
	}
	if (r == 0 && json_object_get(reader->object, "detail")) {
		r = read_text(reader, "detail", WIRE_STRING_MAX, &message->detail);
	}
	return r;
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
};

static int read_message(
	const json_t *object, struct wire_message *message, struct wire_error *error)
{
	struct wire_reader reader = {.type = "message", .object = object, .error = error};
	_cleanup_free_ char *type = NULL;
	int r;

	if (!json_is_object(object)) {
		return fail(error, WIRE_BAD_JSON, "message: must be one JSON object");
	}
	r = read_text(&reader, "type", WIRE_STRING_MAX, &type);
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
	/* Valid JSON, but not a value that a message can have. */
	bool value = json_error_code(json) == json_error_numeric_overflow ||
		     json_error_code(json) == json_error_null_character;

	return fail(error, value ? WIRE_BAD_MESSAGE : WIRE_BAD_JSON, "message: byte %d: %s",
		json->position, json->text);
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
		return fail(error, WIRE_BAD_JSON, "message: must be nested at most %d deep",
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

void wire_message_clear(struct wire_message *message)
{
	free(message->browser);
	free(message->extension);
	free(message->profile);
	free(message->nonce);
	free(message->url);
	free(message->detail);
	*message = (struct wire_message){.type = WIRE_IGNORED};
}
