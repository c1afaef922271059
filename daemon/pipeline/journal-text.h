/* SPDX-License-Identifier: MIT */
#pragma once

/* The lines of the journal; see journal.h. Pure. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "pipeline/journal.h"

struct journal_entries {
	struct journal_entry items[JOURNAL_EVENTS_MAX];
	size_t count;
};

void journal_entries_remove(struct journal_entries *entries, size_t at);
void journal_entries_clear(struct journal_entries *entries);
/* The place of the first such entry; `count` if there is none. */
size_t journal_entries_find(const struct journal_entries *entries, uint64_t serial);
size_t journal_entries_find_root(const struct journal_entries *entries, const char *root);

void journal_entry_clear(struct journal_entry *entry);
/* The names of the event's files replace those of the entry. */
void journal_entry_take_files(struct journal_entry *entry, const struct event *event);

/* A line that begins an entry. Changes the line. The caller clears the entry; false: it is damaged. */
bool journal_line_read(char *line, struct journal_entry *entry);
bool journal_line_is_file(const char *line);
/* Adds the file; `entry` is NULL if the line's entry was damaged or is not kept. */
bool journal_line_read_file(char *line, struct journal_entry *entry);
void journal_entries_write(const struct journal_entries *entries, FILE *to);
