/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The contents of the files of a watched project when they were last read, to find out whether
 * a write changed a byte and whether a deleted file was known. For tens of thousands of files:
 * each takes 16 bytes, a hash of its name and one of its content. Two names with the same hash
 * (one in 2^64) would count as one file. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Further files are not stored; they count as changed whenever they are written. */
enum { FILE_TABLE_MAX = 64 * 1024 };

struct file_note {
	uint64_t content; /* the first bytes of its hash; 0: unknown */
	bool ignored; /* by .gitignore */
};

/* Zeroed: empty. */
struct file_table {
	struct file_entry *entries;
	size_t size, count;
};

/* The key of a file; can be called on any thread. */
uint64_t file_table_key(const char *name);
/* The hash of a content, in the form of file_note; never 0. */
uint64_t file_table_content(const uint8_t *hash);

bool file_table_find(const struct file_table *table, uint64_t key, struct file_note *note);
void file_table_put(struct file_table *table, uint64_t key, const struct file_note *note);
void file_table_remove(struct file_table *table, uint64_t key);
void file_table_clear(struct file_table *table);

/*
 * To find out which files are gone: call file_table_unsee(), then file_table_put() for each
 * existing file. file_table_sweep() then removes the others, and returns how many there were.
 */
void file_table_unsee(struct file_table *table);
size_t file_table_sweep(struct file_table *table);
