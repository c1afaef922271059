/* SPDX-License-Identifier: MIT */
#include "pipeline/fileset.h"

#include <search.h>

#include "util/mem.h"

static int fileset_compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void fileset_add(struct fileset *set, const char *name)
{
	char *copy;

	if (tfind(name, &set->index, fileset_compare)) {
		return;
	}
	set->count++;
	if (set->kept == FILESET_MAX) {
		return;
	}
	/* Doubling: the array is full when `kept` is a power of two. */
	if ((set->kept & (set->kept - 1)) == 0) {
		set->names = mem_resize(set->names, set->kept ? 2 * set->kept : 1, sizeof(char *));
	}
	copy = mem_strdup(name);
	if (!tsearch(copy, &set->index, fileset_compare)) {
		abort();
	}
	set->names[set->kept++] = copy;
}

void fileset_move(struct fileset *from, struct fileset *to)
{
	if (to->count == 0) {
		*to = *from;
		*from = (struct fileset){0};
		return;
	}
	for (size_t i = 0; i < from->kept; i++) {
		fileset_add(to, from->names[i]);
	}
	to->count += from->count - from->kept;
	fileset_clear(from);
}

bool fileset_has(const struct fileset *set, const char *name)
{
	return tfind(name, &set->index, fileset_compare);
}

static void fileset_leave(void *name)
{
}

void fileset_clear(struct fileset *set)
{
	tdestroy(set->index, fileset_leave);
	for (size_t i = 0; i < set->kept; i++) {
		free(set->names[i]);
	}
	free(set->names);
	*set = (struct fileset){0};
}
