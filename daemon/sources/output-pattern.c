/* SPDX-License-Identifier: MIT */
#include "sources/output-pattern.h"

#include <string.h>

#include "project/glob.h"
#include "util/mem.h"

/*
 * In other settings, a pattern without a slash matches at any depth; in `output`, it matches
 * only in the root.
 */
static char *anchored(const char *pattern)
{
	return mem_printf("/%s", pattern);
}

bool output_pattern_is_good(const char *pattern)
{
	_cleanup_free_ char *rooted = anchored(pattern);
	const char *why;

	for (const char *at = pattern; *at;) {
		size_t length = strcspn(at, "/");

		if (length == 0 || (length <= 2 && strncmp(at, "..", length) == 0)) {
			return false;
		}
		at += length;
		at += *at == '/';
	}
	return glob_check(rooted, &why);
}

bool output_pattern_matches(const char *pattern, const char *path)
{
	_cleanup_free_ char *rooted = anchored(pattern);

	return glob_matches(rooted, path);
}

char *output_pattern_base(const char *pattern)
{
	size_t wild = strcspn(pattern, "*?[\\");

	while (wild > 0 && pattern[wild - 1] != '/') {
		wild--;
	}
	if (output_pattern_is_plain(pattern)) {
		const char *slash = strrchr(pattern, '/');

		wild = slash ? (size_t)(slash - pattern) + 1 : 0;
	}
	return mem_strndup(pattern, wild ? wild - 1 : 0);
}

bool output_pattern_is_deep(const char *pattern)
{
	_cleanup_free_ char *base = output_pattern_base(pattern);
	const char *rest = pattern + strlen(base);

	rest += *rest == '/';
	return !*rest || strchr(rest, '/') || strstr(rest, "**");
}

bool output_pattern_is_plain(const char *pattern)
{
	return !pattern[strcspn(pattern, "*?[\\")];
}

const char *output_pattern_of(const struct path_rule *rule)
{
	return rule->pattern + (*rule->pattern == '/');
}

bool output_patterns_match(const struct path_rules *rules, const char *path)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (output_pattern_matches(output_pattern_of(&rules->items[i]), path)) {
			return true;
		}
	}
	return false;
}
