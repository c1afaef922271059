/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/*
 * The files of one event: each name once, in the order they came. At most
 * FILESET_MAX names are kept; further ones are counted only, so an event beyond
 * it stands for "more than can be told apart".
 */
enum { FILESET_MAX = 4096 };

struct fileset {
	char **names;
	size_t kept;
	size_t count; /* distinct names, as far as they were kept, and all names beyond */
	void *index;
};

void fileset_add(struct fileset *set, const char *name);
void fileset_clear(struct fileset *set);
