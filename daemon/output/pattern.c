/* SPDX-License-Identifier: MIT */
#include "output/pattern.h"

#include <fnmatch.h>
#include <limits.h>

#include "base/mem.h"

/* How often `**` may stand in a pattern: each one multiplies the ways to match. */
enum { PATTERN_STARS_MAX = 4 };

bool pattern_is_good(const char *pattern)
{
	size_t stars = 0;

	for (const char *at = pattern; *at;) {
		size_t length = strcspn(at, "/");

		if (length == 0 || (length <= 2 && strncmp(at, "..", length) == 0) ||
			length > NAME_MAX) {
			return false;
		}
		stars += length == 2 && strncmp(at, "**", 2) == 0;
		at += length;
		at += *at == '/';
	}
	return *pattern && stars <= PATTERN_STARS_MAX;
}

static bool component_matches(const char *pattern, size_t a, const char *path, size_t b)
{
	char p[NAME_MAX + 1], q[NAME_MAX + 1];

	if (a > NAME_MAX || b > NAME_MAX) {
		return false;
	}
	memcpy(p, pattern, a);
	memcpy(q, path, b);
	p[a] = q[b] = '\0';
	return fnmatch(p, q, 0) == 0;
}

bool pattern_matches(const char *pattern, const char *path)
{
	for (;;) {
		size_t a = strcspn(pattern, "/"), b = strcspn(path, "/");

		if (!*pattern) {
			return !*path;
		}
		if (a == 2 && strncmp(pattern, "**", 2) == 0) {
			const char *rest = pattern + a + (pattern[a] == '/');

			if (!*rest) {
				return *path;
			}
			for (; *path; path += b + (path[b] == '/'), b = strcspn(path, "/")) {
				if (pattern_matches(rest, path)) {
					return true;
				}
			}
			return false;
		}
		if (!*path || !component_matches(pattern, a, path, b)) {
			return false;
		}
		/* "dist/" */
		if (pattern[a] == '/' && !pattern[a + 1]) {
			return path[b] == '/';
		}
		pattern += a + (pattern[a] == '/');
		path += b + (path[b] == '/');
	}
}

char *pattern_base(const char *pattern)
{
	size_t wild = strcspn(pattern, "*?[\\");

	while (wild > 0 && pattern[wild - 1] != '/') {
		wild--;
	}
	if (!pattern[strcspn(pattern, "*?[\\")]) {
		const char *slash = strrchr(pattern, '/');

		wild = slash ? (size_t)(slash - pattern) + 1 : 0;
	}
	return mem_strndup(pattern, wild ? wild - 1 : 0);
}

bool pattern_is_deep(const char *pattern)
{
	_cleanup_free_ char *base = pattern_base(pattern);
	const char *rest = pattern + strlen(base);

	rest += *rest == '/';
	return !*rest || strchr(rest, '/') || strstr(rest, "**");
}
