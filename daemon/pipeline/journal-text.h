/* SPDX-License-Identifier: MIT */
#pragma once

/* The lines of the journal; see journal.h. Pure. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "pipeline/journal.h"

struct journal_entry {
	uint64_t serial;
	char *root;
};

struct journal_entries {
	struct journal_entry items[JOURNAL_EVENTS_MAX];
	size_t count;
};

void journal_entries_remove(struct journal_entries *entries, size_t at);
void journal_entries_clear(struct journal_entries *entries);
/* The place of the first such entry; `count` if there is none. */
size_t journal_entries_find(const struct journal_entries *entries, uint64_t serial);
size_t journal_entries_find_root(const struct journal_entries *entries, const char *root);

/* Changes the line. The caller frees the root; false: the line is damaged. */
bool journal_line_read(char *line, struct journal_entry *entry);
void journal_entries_write(const struct journal_entries *entries, FILE *to);
