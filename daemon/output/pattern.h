/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Patterns of files that a build writes, relative to the project's root, with
 * slashes between components: `*`, `?` and `[...]` match within one, `**` stands
 * for any number of them. A slash at the end means all that is below. Pure.
 */

#include <stdbool.h>

/* Whether it can be watched: relative, no "", "." or "..", at least one component. */
bool pattern_is_good(const char *pattern);

bool pattern_matches(const char *pattern, const char *path);

/* The deepest folder that holds all it matches: "" is the root. The caller frees it. */
char *pattern_base(const char *pattern);

/* Whether it matches also in folders below its base. */
bool pattern_is_deep(const char *pattern);
