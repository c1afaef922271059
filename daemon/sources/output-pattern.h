/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Patterns of files that a build writes, relative to the project's root. They follow the
 * rules of all file patterns (project/glob.h), but are always relative to the root: "*.js"
 * means the root only, because otherwise the whole work tree would have to be watched. A
 * pattern that matches a folder matches everything below it. Pure.
 */

#include <stdbool.h>

#include "project/path-rule.h"

/* Whether it can be watched: a valid pattern without "", "." or ".." components. */
bool output_pattern_is_good(const char *pattern);

bool output_pattern_matches(const char *pattern, const char *path);

/* The deepest folder that contains all its matches: "" is the root. The caller frees it. */
char *output_pattern_base(const char *pattern);

/* Whether it has no wildcards: it names one file or folder. */
bool output_pattern_is_plain(const char *pattern);

/* Whether it also matches in folders below its base. */
bool output_pattern_is_deep(const char *pattern);

/* The pattern of a rule: without a leading slash, which means the root as in .gitignore. */
const char *output_pattern_of(const struct path_rule *rule);
/* Whether one of the rules matches the path, which is relative to the root. */
bool output_patterns_match(const struct path_rules *rules, const char *path);
