/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Patterns of files that a build writes, relative to the project's root. They are
 * those of all rules (project/glob.h), but counted from the root always: "*.js" is in
 * the root only, else the whole work tree would have to be watched. A pattern that
 * fits a folder fits all that is below it. Pure.
 */

#include <stdbool.h>

/* Whether it can be watched: a pattern, and no "", "." or ".." between its slashes. */
bool output_pattern_is_good(const char *pattern);

bool output_pattern_matches(const char *pattern, const char *path);

/* The deepest folder that holds all it matches: "" is the root. The caller frees it. */
char *output_pattern_base(const char *pattern);

/* Whether it has no wildcards: the name of one file or folder. */
bool output_pattern_is_plain(const char *pattern);

/* Whether it matches also in folders below its base. */
bool output_pattern_is_deep(const char *pattern);
