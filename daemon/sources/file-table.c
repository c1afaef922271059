/* SPDX-License-Identifier: MIT */
#include "sources/file-table.h"

#include <string.h>

#include "util/mem.h"

/* The lowest bits of a content are flags; the rest is its hash. */
#define IGNORED 1ULL
#define UNSEEN 2ULL
#define FLAGS (IGNORED | UNSEEN)

enum { SIZE_MIN = 64 };

struct file_entry {
	uint64_t key; /* 0: unused */
	uint64_t content;
};

uint64_t file_table_key(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (; *name; name++) {
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3ULL;
	}
	hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93ULL;
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

uint64_t file_table_content(const uint8_t *hash)
{
	uint64_t content;

	memcpy(&content, hash, sizeof content);
	content &= ~FLAGS;
	return content ? content : FLAGS + 1;
}

/* Where the key is, or would be put. */
static size_t table_slot(const struct file_table *table, uint64_t key)
{
	size_t at = key & (table->size - 1);

	while (table->entries[at].key && table->entries[at].key != key) {
		at = (at + 1) & (table->size - 1);
	}
	return at;
}

static void table_resize(struct file_table *table, size_t size)
{
	struct file_table old = *table;

	table->entries = mem_zero(size * sizeof *table->entries);
	table->size = size;
	for (size_t i = 0; i < old.size; i++) {
		if (old.entries[i].key) {
			table->entries[table_slot(table, old.entries[i].key)] = old.entries[i];
		}
	}
	free(old.entries);
}

bool file_table_find(const struct file_table *table, uint64_t key, struct file_note *note)
{
	const struct file_entry *entry;

	if (!table->size) {
		return false;
	}
	entry = &table->entries[table_slot(table, key)];
	*note = (struct file_note){entry->content & ~FLAGS, entry->content & IGNORED};
	return entry->key;
}

void file_table_put(struct file_table *table, uint64_t key, const struct file_note *note)
{
	struct file_entry *entry;

	if (4 * (table->count + 1) > 3 * table->size) {
		table_resize(table, table->size ? 2 * table->size : SIZE_MIN);
	}
	entry = &table->entries[table_slot(table, key)];
	if (!entry->key && table->count == FILE_TABLE_MAX) {
		return;
	}
	table->count += !entry->key;
	*entry = (struct file_entry){key, note->content | (note->ignored ? IGNORED : 0)};
}

/* Removes an entry, and moves up those that were placed later because of it. */
static void table_remove_at(struct file_table *table, size_t at)
{
	size_t mask = table->size - 1, next = at;

	table->count--;
	for (;;) {
		size_t home;

		next = (next + 1) & mask;
		if (!table->entries[next].key) {
			break;
		}
		home = table->entries[next].key & mask;
		if (((next - home) & mask) >= ((next - at) & mask)) {
			table->entries[at] = table->entries[next];
			at = next;
		}
	}
	table->entries[at] = (struct file_entry){0};
}

void file_table_remove(struct file_table *table, uint64_t key)
{
	size_t at = table->size ? table_slot(table, key) : 0;

	if (table->size && table->entries[at].key) {
		table_remove_at(table, at);
	}
}

void file_table_clear(struct file_table *table)
{
	free(table->entries);
	*table = (struct file_table){0};
}

void file_table_unsee(struct file_table *table)
{
	for (size_t i = 0; i < table->size; i++) {
		table->entries[i].content |= UNSEEN;
	}
}

size_t file_table_sweep(struct file_table *table)
{
	size_t before = table->count;

	for (size_t i = 0; i < table->size;) {
		if (table->entries[i].key && table->entries[i].content & UNSEEN) {
			table_remove_at(table, i); /* another entry may be here now */
		} else {
			i++;
		}
	}
	return before - table->count;
}
