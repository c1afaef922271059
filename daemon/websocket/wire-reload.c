/* SPDX-License-Identifier: MIT */
/*
 * The message `reload`, as text. It alone is written without a JSON library: every save waits
 * until it is written, and the library needed two fifths of a save's instructions.
 */
#include "websocket/wire.h"

#include <stdio.h>

#include "util/mem.h"
#include "util/utf8.h"

struct text {
	char *bytes; /* with room for a NUL at the end */
	size_t length, size;
};

static void put(struct text *text, const char *bytes, size_t count)
{
	if (text->size - text->length <= count) {
		text->size = 2 * text->size + count;
		text->bytes = mem_resize(text->bytes, text->size, 1);
	}
	memcpy(text->bytes + text->length, bytes, count);
	text->length += count;
}

/* JSON's punctuation, keys and fixed values. */
static void put_json(struct text *text, const char *json)
{
	put(text, json, strlen(json));
}

static void put_number(struct text *text, uint64_t number)
{
	char digits[20], *at = digits + sizeof digits;

	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	put(text, at, (size_t)(digits + sizeof digits - at));
}

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* The first character of `at`, which is not plain; returns how many bytes it has. */
static size_t put_special(struct text *text, const char *at, size_t left)
{
	size_t count = utf8_character(at, left);
	char escape[8];

	if (count == 0) {
		put_json(text, "\xef\xbf\xbd"); /* U+FFFD, as utf8_copy() does */
		return 1;
	}
	if (*at == '"' || *at == '\\') {
		put_json(text, "\\");
	} else if ((unsigned char)*at < ' ') {
		snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*at);
		put_json(text, escape);
		return 1;
	}
	put(text, at, count);
	return count;
}

static void put_string(struct text *text, const char *string)
{
	size_t left = strlen(string);

	put_json(text, "\"");
	while (left) {
		size_t count = 0;

		while (count < left && is_plain(string[count])) {
			count++;
		}
		put(text, string, count);
		if (count < left) {
			count += put_special(text, string + count, left - count);
		}
		string += count;
		left -= count;
	}
	put_json(text, "\"");
}

static void put_tabs(struct text *text, const uint64_t *tabs, size_t n_tabs)
{
	put_json(text, ",\"tabs\":[");
	for (size_t i = 0; i < n_tabs; i++) {
		put_json(text, i ? "," : "");
		put_number(text, tabs[i]);
	}
	put_json(text, "]");
}

static void put_changes(struct text *text, const struct wire_reload *reload)
{
	for (size_t i = 0; i < reload->n_changes; i++) {
		const struct wire_change *change = &reload->changes[i];

		put_json(text, i ? ",{\"path\":" : ",\"changes\":[{\"path\":");
		put_string(text, change->path);
		put_json(text, ",\"kind\":");
		put_string(text, file_kind_name(change->kind));
		put_json(text, change->all ? ",\"all\":true}" : "}");
	}
	put_json(text, reload->n_changes ? "]" : "");
}

char *wire_encode_reload(const struct wire_reload *reload, const uint64_t *tabs, size_t n_tabs)
{
	struct text text = {.bytes = mem_alloc(256), .size = 256};

	put_json(&text, "{\"type\":\"reload\",\"event\":");
	put_number(&text, reload->event);
	put_tabs(&text, tabs, n_tabs);
	if (reload->subject && *reload->subject) {
		put_json(&text, ",\"subject\":");
		put_string(&text, reload->subject);
	}
	put_changes(&text, reload);
	put_json(&text, reload->unseen ? ",\"unseen\":true" : "");
	put_json(&text, reload->restarted ? ",\"restarted\":true" : "");
	if (reload->aside) {
		put_json(&text, ",\"aside\":");
		put_string(&text, reload->aside);
	}
	put_json(&text, reload->unpatched ? ",\"patch\":false" : "");
	put_json(&text, reload->unshared ? ",\"leave\":false" : "");
	if (reload->old_msec) {
		put_json(&text, ",\"old\":");
		put_number(&text, reload->old_msec);
	}
	put_json(&text, "}");
	text.bytes[text.length] = '\0';
	return text.bytes;
}
