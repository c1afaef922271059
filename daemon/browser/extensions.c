/* SPDX-License-Identifier: MIT */
#include "browser/extensions.h"

#include <errno.h>

#include "util/json-list.h"
#include "util/utf8.h"
#include "websocket/handshake.h"

#define FIREFOX "moz-extension://"

static void extension_clear(struct extension *extension)
{
	free(extension->origin);
	free(extension->browser);
}

void extensions_clear(struct extensions *extensions)
{
	for (size_t i = 0; i < extensions->count; i++) {
		extension_clear(&extensions->items[i]);
	}
	free(extensions->items);
	*extensions = (struct extensions){0};
}

static struct extension *find_origin(const struct extensions *extensions, const char *origin)
{
	for (size_t i = 0; i < extensions->count; i++) {
		if (strcmp(extensions->items[i].origin, origin) == 0) {
			return &extensions->items[i];
		}
	}
	return NULL;
}

static struct extension *find_code(const struct extensions *extensions, const char *code)
{
	for (size_t i = 0; i < extensions->count; i++) {
		if (strcmp(extensions->items[i].code, code) == 0) {
			return &extensions->items[i];
		}
	}
	return NULL;
}

const struct extension *extensions_find(const struct extensions *extensions, const char *code)
{
	return find_code(extensions, code);
}

static size_t count_of(const struct extensions *extensions, bool known)
{
	size_t count = 0;

	for (size_t i = 0; i < extensions->count; i++) {
		count += extensions->items[i].known == known;
	}
	return count;
}

static void remove_at(struct extensions *extensions, size_t index)
{
	extension_clear(&extensions->items[index]);
	extensions->count--;
	memmove(&extensions->items[index], &extensions->items[index + 1],
		(extensions->count - index) * sizeof *extensions->items);
}

static void remove_oldest_waiting(struct extensions *extensions)
{
	size_t i = 0;

	while (extensions->items[i].known) {
		i++;
	}
	remove_at(extensions, i);
}

static void extensions_add(
	struct extensions *extensions, const char *origin, const char *browser, bool known)
{
	struct extension *added;

	extensions->items = mem_resize(
		extensions->items, extensions->count + 1, sizeof *extensions->items);
	added = &extensions->items[extensions->count++];
	*added = (struct extension){
		.origin = mem_strdup(origin), .browser = utf8_dup(browser), .known = known};
	proof_origin_code(origin, added->code);
}

bool extensions_knows(const struct extensions *extensions, const char *origin)
{
	const struct extension *met = find_origin(extensions, origin);

	return strcmp(origin, EXTENSION_OURS) == 0 || (met && met->known);
}

enum extension_met extensions_meet(
	struct extensions *extensions, const char *origin, const char *browser)
{
	bool firefox = strncmp(origin, FIREFOX, strlen(FIREFOX)) == 0;
	bool first = firefox && !extensions->met_firefox;

	if (extensions_knows(extensions, origin)) {
		return EXTENSION_MAY;
	}
	if (find_origin(extensions, origin)) {
		return EXTENSION_WAITS;
	}
	if (!first && count_of(extensions, false) == EXTENSIONS_WAITING_MAX) {
		remove_oldest_waiting(extensions);
	}
	extensions->met_firefox |= firefox;
	extensions_add(extensions, origin, browser, first);
	return first ? EXTENSION_FIRST : EXTENSION_WAITS;
}

bool extensions_confirm(struct extensions *extensions, const char *code)
{
	struct extension *found = find_code(extensions, code);

	if (!found || (!found->known && count_of(extensions, true) == EXTENSIONS_MAX)) {
		return false;
	}
	found->known = true;
	return true;
}

void extensions_remove(struct extensions *extensions, const char *code)
{
	const struct extension *found = find_code(extensions, code);

	if (found) {
		remove_at(extensions, (size_t)(found - extensions->items));
	}
}

char *extensions_write(const struct extensions *extensions)
{
	_cleanup_(json_dropp) json_t *file = json_list_new("extensions");
	json_t *list = json_object_get(file, "extensions");

	json_object_set_new(file, "met-firefox", json_boolean(extensions->met_firefox));
	for (size_t i = 0; i < extensions->count; i++) {
		const struct extension *extension = &extensions->items[i];

		if (extension->known) {
			json_array_append_new(list, json_pack("{s:s, s:s}", "origin",
				extension->origin, "browser", extension->browser));
		}
	}
	return json_list_write(file);
}

static void extension_read(struct extensions *extensions, const json_t *json)
{
	const char *origin = json_string_value(json_object_get(json, "origin"));
	const char *browser = json_string_value(json_object_get(json, "browser"));

	if (origin && browser && handshake_origin_is_extension(origin) &&
		extensions->count < EXTENSIONS_MAX && !find_origin(extensions, origin)) {
		extensions_add(extensions, origin, browser, true);
	}
}

int extensions_read(
	struct extensions *extensions, const char *text, size_t length, char **why)
{
	_cleanup_(json_dropp) json_t *file = json_list_read(text, length, "extensions", why);
	const json_t *json;
	size_t i;

	if (!file) {
		return -EINVAL;
	}
	extensions->met_firefox = json_is_true(json_object_get(file, "met-firefox"));
	json_array_foreach (json_object_get(file, "extensions"), i, json) {
		extension_read(extensions, json);
	}
	return 0;
}
