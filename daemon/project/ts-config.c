/* SPDX-License-Identifier: MIT */
#include "project/ts-config.h"

#include <string.h>

#include "util/mem.h"

/* The path to `other` from `folder`. The caller frees it. */
static char *relative(const char *folder, const char *other)
{
	size_t same = 0, common = 0;
	char *path;

	for (; folder[same] && folder[same] == other[same]; same++) {
		common = folder[same] == '/' ? same + 1 : common;
	}
	if (!folder[same] && other[same] == '/') {
		return mem_strdup(other + same + 1);
	}
	path = mem_printf("../%s", other + common);
	for (const char *at = folder + common; (at = strchr(at, '/')); at++) {
		char *longer = mem_printf("../%s", path);

		free(path);
		path = longer;
	}
	return path;
}

/* Whether a string in `text` is this path, "./" and this path, or begins with one of them and a slash. */
static bool has_path(const char *text, const char *path)
{
	size_t length = strlen(path);

	for (const char *at = text; (at = strstr(at, path)); at++) {
		const char *begin = at - text >= 2 && at[-1] == '/' && at[-2] == '.' ? at - 2 : at;

		if (begin > text && begin[-1] == '"' && (at[length] == '"' || at[length] == '/')) {
			return true;
		}
	}
	return false;
}

bool ts_config_names(const char *text, const char *folder, const char *other, bool inherited)
{
	_cleanup_free_ char *path = relative(folder, other);
	_cleanup_free_ char *paths = NULL, *pattern = NULL;
	const char *slash = strrchr(path, '/');

	if (inherited) {
		const char *begin = strstr(text, "\"paths\"");

		paths = begin ? mem_strndup(begin, strcspn(begin, "}")) : mem_strdup("");
		text = paths;
	}
	pattern = mem_printf("%.*s*", slash ? (int)(slash + 1 - path) : 0, path);
	return has_path(text, path) || (slash && has_path(text, pattern));
}

char *ts_config_base(const char *text, const char *folder)
{
	const char *at = strstr(text, "\"extends\"");
	const char *name = at ? strchr(at + strlen("\"extends\""), '"') : NULL;
	size_t length = name ? strcspn(name + 1, "\"\n") : 0;
	bool suffix = length > 5 && strncmp(name + 1 + length - 5, ".json", 5) == 0;

	if (!length || name[1] != '.') {
		return NULL;
	}
	return mem_printf("%s/%.*s%s", folder, (int)length, name + 1, suffix ? "" : ".json");
}
