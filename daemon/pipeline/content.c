/* SPDX-License-Identifier: MIT */
#include "pipeline/content.h"

#include <search.h>

#include "util/mem.h"
#include "util/pathname.h"

struct known {
	char *name;
	struct content_mark mark;
	bool by_disk; /* only the disk has reported it, no editor yet */
};

/*
 * Two generations. A file that is looked up moves to the young generation. When that holds
 * half of the limit, the old generation is discarded and the young one becomes old. Freeing
 * thousands of entries at once would block the event loop, so each new entry frees one
 * discarded entry. All of them are freed before the next generation is discarded, and the
 * total never exceeds the limit.
 */
struct generation {
	void *tree; /* of struct known, by name */
	size_t count;
};

struct content_memory {
	struct generation young, old, dead;
};

static int known_compare(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->name, ((const struct known *)b)->name);
}

static void known_free(void *at)
{
	struct known *entry = at;

	free(entry->name);
	free(entry);
}

static struct known *generation_take(struct generation *generation, const char *name)
{
	struct known key = {.name = (char *)name};
	struct known **node = tfind(&key, &generation->tree, known_compare);
	struct known *entry = node ? *node : NULL;

	if (entry) {
		tdelete(entry, &generation->tree, known_compare);
		generation->count--;
	}
	return entry;
}

static struct known *generation_find(const struct generation *generation, const char *name)
{
	struct known key = {.name = (char *)name};
	struct known **node = tfind(&key, &generation->tree, known_compare);

	return node ? *node : NULL;
}

static void generation_shrink(struct generation *generation)
{
	if (generation->tree) {
		/* A node begins with the pointer to its item; here, to that of the root. */
		struct known *entry = *(struct known **)generation->tree;

		tdelete(entry, &generation->tree, known_compare);
		generation->count--;
		known_free(entry);
	}
}

static void memory_add(struct content_memory *memory, struct known *entry)
{
	generation_shrink(&memory->dead);
	if (memory->young.count == CONTENT_FILES_MAX / 2) {
		memory->dead = memory->old;
		memory->old = memory->young;
		memory->young = (struct generation){0};
	}
	if (!tsearch(entry, &memory->young.tree, known_compare)) {
		abort();
	}
	memory->young.count++;
}

static struct known *memory_find(struct content_memory *memory, const char *name)
{
	struct known *entry = generation_find(&memory->young, name);

	if (!entry) {
		entry = generation_take(&memory->old, name);
		if (entry) {
			memory_add(memory, entry);
		}
	}
	return entry;
}

bool content_mark_is_same(const struct content_mark *a, const struct content_mark *b)
{
	if (a->kind != b->kind || a->kind == CONTENT_UNKNOWN) {
		return false;
	}
	return a->kind == CONTENT_ABSENT || memcmp(a->hash, b->hash, CONTENT_HASH_SIZE) == 0;
}

struct content_memory *content_memory_new(void)
{
	return mem_new(struct content_memory);
}

void content_memory_free(struct content_memory *memory)
{
	if (memory) {
		tdestroy(memory->young.tree, known_free);
		tdestroy(memory->old.tree, known_free);
		tdestroy(memory->dead.tree, known_free);
		free(memory);
	}
}

const struct content_mark *content_find(struct content_memory *memory, const char *name)
{
	const struct known *entry = memory_find(memory, name);

	return entry ? &entry->mark : NULL;
}

bool content_announce(
	struct content_memory *memory, const char *name, const struct content_mark *mark)
{
	struct known *entry = memory_find(memory, name);
	bool same = entry && content_mark_is_same(&entry->mark, mark);

	if (mark->kind == CONTENT_UNKNOWN) {
		content_forget(memory, name);
		return false;
	}
	if (!entry) {
		entry = mem_new(struct known);
		entry->name = mem_strdup(name);
		memory_add(memory, entry);
	}
	entry->by_disk &= same;
	entry->mark = *mark;
	return same;
}

void content_told_by_disk(struct content_memory *memory, const char *name)
{
	struct known *entry = memory_find(memory, name);

	if (entry) {
		entry->by_disk = true;
	}
}

bool content_was_told_by_disk(struct content_memory *memory, const char *name)
{
	const struct known *entry = memory_find(memory, name);

	return entry && entry->by_disk;
}

bool content_ask_told_by_disk(struct content_memory *memory, const char *name)
{
	bool by_disk = content_was_told_by_disk(memory, name);

	if (by_disk) {
		memory_find(memory, name)->by_disk = false;
	}
	return by_disk;
}

void content_forget(struct content_memory *memory, const char *name)
{
	struct known *entry = generation_take(&memory->young, name);

	if (!entry) {
		entry = generation_take(&memory->old, name);
	}
	if (entry) {
		known_free(entry);
	}
}

struct below {
	const char *folder;
	char **names;
	size_t count;
};

static void collect_below(const void *node, VISIT visit, void *userdata)
{
	const struct known *entry = *(struct known *const *)node;
	struct below *below = userdata;

	if ((visit != postorder && visit != leaf) ||
		!pathname_is_below(entry->name, below->folder)) {
		return;
	}
	if ((below->count & (below->count - 1)) == 0) {
		below->names = mem_resize(
			below->names, below->count ? 2 * below->count : 1, sizeof(char *));
	}
	below->names[below->count++] = mem_strdup(entry->name);
}

void content_forget_below(struct content_memory *memory, const char *folder)
{
	struct below below = {.folder = folder};

	twalk_r(memory->young.tree, collect_below, &below);
	twalk_r(memory->old.tree, collect_below, &below);
	for (size_t i = 0; i < below.count; i++) {
		content_forget(memory, below.names[i]);
		free(below.names[i]);
	}
	free(below.names);
}
