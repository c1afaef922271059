/* SPDX-License-Identifier: MIT */
#include "pipeline/journal-text.h"

#include <stdlib.h>
#include <string.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/pathname.h"

void journal_entries_remove(struct journal_entries *entries, size_t at)
{
	free(entries->items[at].root);
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

static void line_sum(uint64_t serial, const char *root, char digits[FILE_CHECKSUM_DIGITS + 1])
{
	_cleanup_free_ char *text = mem_printf("%llu %s", (unsigned long long)serial, root);

	file_checksum(text, strlen(text), digits);
}

/* "EVENT CHECKSUM ROOT"; earlier versions wrote no checksum. Changes the line. */
bool journal_line_read(char *line, struct journal_entry *entry)
{
	char digits[FILE_CHECKSUM_DIGITS + 1], *end, *root;
	const char *why;

	entry->serial = strtoull(line, &end, 10);
	if (!entry->serial || *end != ' ') {
		return false;
	}
	root = end + 1;
	if (strlen(root) > FILE_CHECKSUM_DIGITS && root[FILE_CHECKSUM_DIGITS] == ' ' &&
		strchr(root, '/') > root + FILE_CHECKSUM_DIGITS) {
		root += FILE_CHECKSUM_DIGITS + 1;
		line_sum(entry->serial, root, digits);
		if (strncmp(end + 1, digits, FILE_CHECKSUM_DIGITS) != 0) {
			return false;
		}
	}
	return pathname_from_text(root, &entry->root, &why) == 0;
}

void journal_entries_write(const struct journal_entries *entries, FILE *to)
{
	for (size_t i = 0; i < entries->count; i++) {
		_cleanup_free_ char *root = pathname_to_text(entries->items[i].root);
		char digits[FILE_CHECKSUM_DIGITS + 1];

		line_sum(entries->items[i].serial, root, digits);
		fprintf(to, "%llu %s %s\n", (unsigned long long)entries->items[i].serial, digits,
			root);
	}
}
