/* SPDX-License-Identifier: MIT */
#include "sources/writes.h"

#include <search.h>

#include "util/mem.h"

/* The index has only pointers to names, so an item's position is found by a search. */
static int name_compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct write *writes_find(const struct writes *writes, const char *name)
{
	char *const *node = writes->count ? tfind(name, &writes->index, name_compare) : NULL;

	/* From the end: the latest files are the likeliest to be written again. */
	for (size_t i = writes->count; node && i-- > 0;) {
		if (writes->items[i].name == *node) {
			return &writes->items[i];
		}
	}
	return NULL;
}

static struct write *writes_put(
	struct writes *writes, const char *name, uint64_t now_usec, uint64_t due_usec)
{
	struct write *write = writes_find(writes, name);

	if (!write && writes->count == WRITES_MAX) {
		writes->more++;
		return NULL;
	}
	if (!write) {
		if (writes->count == writes->size) {
			writes->size = writes->size ? 2 * writes->size : 4;
			writes->items =
				mem_resize(writes->items, writes->size, sizeof *writes->items);
		}
		write = &writes->items[writes->count++];
		*write = (struct write){.name = mem_strdup(name), .first_usec = now_usec};
		if (!tsearch(write->name, &writes->index, name_compare)) {
			abort();
		}
	}
	write->due_usec = due_usec;
	write->at_usec = now_usec;
	write->waited = false;
	return write;
}

void writes_done(struct writes *writes, const char *name, uint64_t now_usec)
{
	writes_put(writes, name, now_usec, now_usec);
}

void writes_closed(
	struct writes *writes, const char *name, uint64_t begun_usec, uint64_t now_usec)
{
	struct write *write = writes_put(writes, name, now_usec, now_usec);

	if (write && !write->broken_usec) {
		write->broken_usec = begun_usec;
	}
}

void writes_gone(struct writes *writes, const char *name, uint64_t now_usec)
{
	struct write *write = writes_put(writes, name, now_usec, now_usec + WRITES_GONE_USEC);

	if (write && !write->broken_usec) {
		write->broken_usec = now_usec;
	}
}

void writes_begun(struct writes *writes, const char *name, uint64_t now_usec)
{
	struct write *write = writes_find(writes, name);

	if (!write) {
		return;
	}
	write->due_usec = now_usec + WRITES_OPEN_USEC;
	write->at_usec = now_usec;
	write->waited = true;
	if (!write->broken_usec) {
		write->broken_usec = now_usec;
	}
}

void writes_wait(struct write *write, uint64_t until_usec)
{
	write->due_usec = until_usec;
	write->waited = true;
}

uint64_t writes_due(const struct writes *writes, uint64_t from_usec)
{
	uint64_t due = CLOCK_NEVER;

	for (size_t i = 0; i < writes->count; i++) {
		const struct write *write = &writes->items[i];

		if (write->at_usec >= from_usec && write->due_usec < due) {
			due = write->due_usec;
		}
	}
	return due;
}

bool write_is_due(const struct write *write, uint64_t from_usec, uint64_t now_usec)
{
	return write->at_usec >= from_usec && write->due_usec <= now_usec;
}

void writes_hurry(struct writes *writes, uint64_t now_usec)
{
	for (size_t i = 0; i < writes->count; i++) {
		if (writes->items[i].due_usec <= now_usec + WRITES_GONE_USEC) {
			writes->items[i].due_usec = now_usec;
			writes->items[i].waited = true;
		}
	}
}

char *writes_take(struct writes *writes, size_t at)
{
	struct write *write = &writes->items[at];

	tdelete(write->name, &writes->index, name_compare);
	return mem_steal(write->name);
}

void writes_compact(struct writes *writes)
{
	size_t left = 0;

	for (size_t i = 0; i < writes->count; i++) {
		if (writes->items[i].name) {
			writes->items[left++] = writes->items[i];
		}
	}
	writes->count = left;
	if (!left) {
		free(writes->items);
		writes->items = NULL;
		writes->size = 0;
	}
}

void writes_clear(struct writes *writes)
{
	for (size_t i = 0; i < writes->count; i++) {
		free(writes_take(writes, i));
	}
	writes_compact(writes);
	*writes = (struct writes){0};
}
