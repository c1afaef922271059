/* SPDX-License-Identifier: MIT */
#include "pipeline/journal-text.h"

#include <stdlib.h>
#include <string.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/pathname.h"

static void entry_clear_files(struct journal_entry *entry)
{
	while (entry->files_kept) {
		free(entry->files[--entry->files_kept]);
	}
	entry->file_count = 0;
}

void journal_entry_clear(struct journal_entry *entry)
{
	entry_clear_files(entry);
	free(entry->root);
	entry->root = NULL;
}

void journal_entry_take_files(struct journal_entry *entry, const struct event *event)
{
	size_t left = JOURNAL_NAMES_MAX;

	entry_clear_files(entry);
	entry->file_count = event->file_count;
	for (size_t i = 0; i < event->files_kept; i++) {
		size_t length = strlen(event->files[i]);

		if (i && length > left) {
			break;
		}
		left -= length < left ? length : left;
		entry->files[entry->files_kept++] = mem_strdup(event->files[i]);
	}
}

void journal_entries_remove(struct journal_entries *entries, size_t at)
{
	journal_entry_clear(&entries->items[at]);
	entries->items[at] = entries->items[--entries->count];
}

void journal_entries_clear(struct journal_entries *entries)
{
	while (entries->count) {
		journal_entries_remove(entries, entries->count - 1);
	}
}

size_t journal_entries_find(const struct journal_entries *entries, uint64_t serial)
{
	size_t at = 0;

	while (at < entries->count && entries->items[at].serial != serial) {
		at++;
	}
	return at;
}

size_t journal_entries_find_root(const struct journal_entries *entries, const char *root)
{
	size_t at = 0;

	while (at < entries->count && strcmp(entries->items[at].root, root) != 0) {
		at++;
	}
	return at;
}

static void line_sum(uint64_t number, const char *name, char digits[FILE_CHECKSUM_DIGITS + 1])
{
	_cleanup_free_ char *text = mem_printf("%llu %s", (unsigned long long)number, name);

	file_checksum(text, strlen(text), digits);
}

/* "NUMBER CHECKSUM NAME"; earlier versions wrote no checksum. Changes the line. */
static bool line_read(char *line, uint64_t *number, char **name)
{
	char digits[FILE_CHECKSUM_DIGITS + 1], *end, *text;
	const char *why;

	*number = strtoull(line, &end, 10);
	/* strtoull() accepts a sign and white space as well. */
	if (*line < '0' || *line > '9' || !*number || *end != ' ') {
		return false;
	}
	text = end + 1;
	if (strlen(text) > FILE_CHECKSUM_DIGITS && text[FILE_CHECKSUM_DIGITS] == ' ' &&
		strchr(text, '/') > text + FILE_CHECKSUM_DIGITS) {
		text += FILE_CHECKSUM_DIGITS + 1;
		line_sum(*number, text, digits);
		if (strncmp(end + 1, digits, FILE_CHECKSUM_DIGITS) != 0) {
			return false;
		}
	}
	return pathname_from_text(text, name, &why) == 0;
}

bool journal_line_read(char *line, struct journal_entry *entry)
{
	return line_read(line, &entry->serial, &entry->root);
}

bool journal_line_is_file(const char *line)
{
	return *line == '+';
}

bool journal_line_read_file(char *line, struct journal_entry *entry)
{
	uint64_t count;
	char *name;

	if (!line_read(line + 1, &count, &name)) {
		return false;
	}
	if (!entry || entry->files_kept == LEDGER_FILES_MAX) {
		free(name);
		return true;
	}
	entry->files[entry->files_kept++] = name;
	entry->file_count = count > entry->files_kept ? count : entry->files_kept;
	return true;
}

static void line_write(FILE *to, uint64_t number, const char *name)
{
	_cleanup_free_ char *text = pathname_to_text(name);
	char digits[FILE_CHECKSUM_DIGITS + 1];

	/* A line break would end the line. */
	if (strchr(text, '\n')) {
		free(text);
		text = pathname_to_uri(name);
	}
	line_sum(number, text, digits);
	fprintf(to, "%llu %s %s\n", (unsigned long long)number, digits, text);
}

void journal_entries_write(const struct journal_entries *entries, FILE *to)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct journal_entry *entry = &entries->items[i];

		line_write(to, entry->serial, entry->root);
		for (size_t k = 0; k < entry->files_kept; k++) {
			fputc('+', to);
			line_write(to, entry->file_count, entry->files[k]);
		}
	}
}
