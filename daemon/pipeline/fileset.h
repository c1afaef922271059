/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The files of one event: each name once, in the order in which they came. At most
 * FILESET_MAX names are kept; further files are only counted, without checking for repeated
 * names.
 */
enum { FILESET_MAX = 4096 };

struct fileset {
	char **names;
	size_t kept;
	size_t count; /* distinct names until FILESET_MAX; after that, all names */
	void *index;
};

void fileset_add(struct fileset *set, const char *name);
bool fileset_has(const struct fileset *set, const char *name);
/* Adds all files of `from` to `to`; `from` is empty afterwards. */
void fileset_move(struct fileset *from, struct fileset *to);
void fileset_clear(struct fileset *set);
