/* SPDX-License-Identifier: MIT */
#include "websocket/wire-fields.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"
#include "util/utf8.h"

/* How much of a wrong value is shown. */
enum { WIRE_SHOWN_MAX = 64 };

int wire_fail(struct wire_error *error, const char *code, const char *format, ...)
{
	char text[2 * WIRE_ERROR_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	error->code = code;
	utf8_copy(error->message, sizeof error->message, text, strlen(text));
	/* The text contains bytes that a peer sent, and must stay one line. */
	for (char *c = error->message; *c; c++) {
		if (iscntrl((unsigned char)*c)) {
			*c = '?';
		}
	}
	return -EBADMSG;
}

/* A field's wrong value, for display. */
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

int wire_fail_field(
	const struct wire_reader *reader, const char *key, const json_t *value, const char *why)
{
	char shown[WIRE_SHOWN_MAX] = "missing";

	if (value) {
		show(value, shown);
	}
	return wire_fail(
		reader->error, WIRE_BAD_MESSAGE, "%s: %s: %s: %s", reader->type, key, shown, why);
}

int wire_read_number(const struct wire_reader *reader, const char *key, uint64_t *number)
{
	const json_t *value = json_object_get(reader->object, key);
	json_int_t integer = json_is_integer(value) ? json_integer_value(value) : -1;

	if (integer < 0 || (uint64_t)integer > WIRE_NUMBER_MAX) {
		return wire_fail_field(
			reader, key, value, "must be an integer from 0 to 9007199254740991");
	}
	*number = (uint64_t)integer;
	return 0;
}

int wire_read_port(const struct wire_reader *reader, uint16_t *port)
{
	uint64_t number = 0;
	int r = wire_read_number(reader, "port", &number);

	if (r == 0 && number > UINT16_MAX) {
		return wire_fail_field(reader, "port", json_object_get(reader->object, "port"),
			"must be at most 65535");
	}
	*port = (uint16_t)number;
	return r;
}

int wire_read_text(const struct wire_reader *reader, const char *key, size_t max, char **text)
{
	const json_t *value = json_object_get(reader->object, key);
	char why[64];

	if (!json_is_string(value)) {
		return wire_fail_field(reader, key, value, "must be a string");
	}
	if (json_string_length(value) > max) {
		snprintf(why, sizeof why, "must be at most %zu bytes long", max);
		return wire_fail_field(reader, key, value, why);
	}
	*text = mem_strdup(json_string_value(value));
	return 0;
}

/* Only letters, digits and "-" are valid. */
int wire_read_token(
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
		return wire_fail_field(reader, key, value, why);
	}
	*token = mem_strdup(text);
	return 0;
}

int wire_read_word(const struct wire_reader *reader, const char *key, const char *const *words,
	size_t count, size_t *index)
{
	const json_t *value = json_object_get(reader->object, key);
	const char *word = json_string_value(value), *separator = "must be one of ";
	char why[WIRE_ERROR_MAX] = "";

	for (size_t i = 0; i < count; i++) {
		if (!words[i]) {
			continue;
		}
		if (word && strcmp(word, words[i]) == 0) {
			*index = i;
			return 0;
		}
		strcat(strcat(why, separator), words[i]);
		separator = ", ";
	}
	return wire_fail_field(reader, key, value, why);
}

int wire_read_flag(const struct wire_reader *reader, const char *key, bool *flag)
{
	const json_t *value = json_object_get(reader->object, key);

	if (!json_is_boolean(value)) {
		return wire_fail_field(reader, key, value, "must be true or false");
	}
	*flag = json_is_true(value);
	return 0;
}

int wire_read_list(const struct wire_reader *reader, size_t max, const char *noun,
	wire_item_fn *read, void *userdata)
{
	const json_t *list = json_object_get(reader->object, "list");
	struct wire_reader item = *reader;
	char why[64];
	size_t i;
	int r = 0;

	if (!json_is_array(list)) {
		return wire_fail_field(reader, "list", list, "must be an array");
	}
	if (json_array_size(list) > max) {
		snprintf(why, sizeof why, "must have at most %zu %s", max, noun);
		return wire_fail_field(reader, "list", list, why);
	}
	json_array_foreach (list, i, item.object) {
		r = json_is_object(item.object)
			? read(&item, i, userdata)
			: wire_fail_field(reader, "list", item.object, "must have objects");
		if (r < 0) {
			break;
		}
	}
	return r;
}
