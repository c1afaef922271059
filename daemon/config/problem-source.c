/* SPDX-License-Identifier: MIT */
#include "config/problem-source.h"

#include <stddef.h>
#include <string.h>

static const char *const names[PROBLEM_SOURCES] = {
	[PROBLEM_SOURCE_ERROR] = "error",
	[PROBLEM_SOURCE_REJECTION] = "rejection",
	[PROBLEM_SOURCE_RESOURCE] = "resource",
	[PROBLEM_SOURCE_BLOCKED] = "blocked",
	[PROBLEM_SOURCE_DOCUMENT] = "document",
	[PROBLEM_SOURCE_CONSOLE] = "console",
	[PROBLEM_SOURCE_THIRD_PARTY] = "third-party",
	[PROBLEM_SOURCE_EXTENSION] = "extension",
	[PROBLEM_SOURCE_FAVICON] = "favicon",
};

const char *problem_source_name(enum problem_source source)
{
	return names[source];
}

/* The bit of a word, or 0. */
static problem_sources find(const char *word, size_t length)
{
	for (size_t i = 0; i < PROBLEM_SOURCES; i++) {
		if (strlen(names[i]) == length && strncmp(names[i], word, length) == 0) {
			return (problem_sources)1 << i;
		}
	}
	return 0;
}

bool problem_sources_read(problem_sources *sources, const char *words)
{
	static const char blanks[] = " \t,";
	problem_sources now = *sources;
	const char *word = words + strspn(words, blanks);

	if (!*word) {
		return false;
	}
	while (*word) {
		bool removes = strncmp(word, "no-", 3) == 0;
		const char *name = word + (removes ? 3 : 0);
		size_t length = strcspn(name, blanks);
		problem_sources bit = find(name, length);

		if (!bit) {
			return false;
		}
		now = removes ? now & ~bit : now | bit;
		word = name + length + strspn(name + length, blanks);
	}
	*sources = now;
	return true;
}
