/* SPDX-License-Identifier: MIT */

/*
 * Any text as one of the daemon's state files: contents that were read can be written and read
 * again.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "browser/extensions.h"
#include "config/trust.h"
#include "pipeline/journal-text.h"
#include "readiness/restart-history.h"
#include "server/choices.h"
#include "util/mem.h"
#include "websocket/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void trusted_is_stored(const char *text)
{
	struct trust *trust = trust_new(), *again = trust_new();
	_cleanup_free_ char *why = NULL, *written = NULL, *back = NULL;

	if (trust_read(trust, text, strlen(text), &why) == 0) {
		written = trust_write(trust);
		assert(trust_read(again, written, strlen(written), &why) == 0);
		back = trust_write(again);
		assert(strcmp(back, written) == 0);
	} else {
		assert(why);
	}
	trust_free(trust);
	trust_free(again);
}

static void choices_are_stored(const char *text)
{
	struct choices *choices = choices_new(), *again = choices_new();
	_cleanup_free_ char *why = NULL, *written = NULL, *back = NULL;

	if (choices_read(choices, text, strlen(text), &why) == 0) {
		written = choices_write(choices);
		assert(choices_read(again, written, strlen(written), &why) == 0);
		back = choices_write(again);
		assert(strcmp(back, written) == 0);
	} else {
		assert(why);
	}
	choices_free(choices);
	choices_free(again);
}

static void extensions_are_stored(const char *text)
{
	struct extensions extensions = {0}, again = {0};
	_cleanup_free_ char *why = NULL, *written = NULL, *back = NULL;

	if (extensions_read(&extensions, text, strlen(text), &why) == 0) {
		assert(extensions.count <= EXTENSIONS_MAX);
		written = extensions_write(&extensions);
		assert(extensions_read(&again, written, strlen(written), &why) == 0);
		back = extensions_write(&again);
		assert(strcmp(back, written) == 0);
	} else {
		assert(why);
	}
	extensions_clear(&extensions);
	extensions_clear(&again);
}

/* False: a line is damaged. */
static bool journal_is_read(char *text, struct journal_entries *entries)
{
	bool good = true;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		struct journal_entry entry = {0};

		if (journal_line_is_file(line)) {
			good &= journal_line_read_file(
				line, entries->count ? &entries->items[entries->count - 1] : NULL);
		} else if (entries->count < JOURNAL_EVENTS_MAX && journal_line_read(line, &entry)) {
			entries->items[entries->count++] = entry;
		} else {
			good = false;
		}
	}
	return good;
}

static char *journal_text(const struct journal_entries *entries)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	journal_entries_write(entries, to);
	fclose(to);
	return text;
}

static void waiting_is_stored(const char *text)
{
	struct journal_entries entries = {0}, again = {0};
	_cleanup_free_ char *lines = mem_strdup(text), *written = NULL, *copy = NULL, *back = NULL;

	journal_is_read(lines, &entries);
	written = journal_text(&entries);
	copy = mem_strdup(written);
	assert(journal_is_read(copy, &again));
	back = journal_text(&again);
	assert(strcmp(back, written) == 0);
	journal_entries_clear(&entries);
	journal_entries_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = mem_strndup((const char *)data, size);
	struct restart_history history = {0}, again = {0};
	_cleanup_free_ char *why = NULL;
	struct proof_key key;

	if (restart_history_read(&history, text, strlen(text), &why) == 0) {
		_cleanup_free_ char *written = restart_history_write(&history);

		assert(history.count <= RESTART_HISTORY_MAX);
		assert(restart_history_read(&again, written, strlen(written), &why) == 0);
		assert(again.count == history.count);
		restart_history_clear(&again);
	} else {
		assert(why);
	}
	restart_history_clear(&history);
	trusted_is_stored(text);
	choices_are_stored(text);
	extensions_are_stored(text);
	waiting_is_stored(text);
	if (proof_key_read(&key, text) == 0) {
		char back[PROOF_KEY_DIGITS + 1];

		proof_key_write(&key, back);
		assert(strcmp(back, text) == 0);
	}
	return 0;
}
