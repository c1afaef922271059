/* SPDX-License-Identifier: MIT */
#include "server/programs.h"

#include <fnmatch.h>

#include "util/mem.h"

enum { PROGRAM_NAME_MAX = 128 };

static const struct program *const tables[] = {programs, programs_node};

const struct program *program_find(const char *name)
{
	const char *slash = strrchr(name, '/');
	_cleanup_free_ char *file = mem_strndup(slash ? slash + 1 : name, PROGRAM_NAME_MAX);
	static const char *const endings[] = {".py", ".js", ".mjs", ".cjs", ".rb", ".exe"};

	for (size_t i = 0; i < COUNT_OF(endings); i++) {
		size_t length = strlen(file), ending = strlen(endings[i]);

		if (length > ending && strcmp(file + length - ending, endings[i]) == 0) {
			file[length - ending] = '\0';
			break;
		}
	}
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		for (const struct program *at = tables[i]; at->name; at++) {
			if (fnmatch(at->name, file, 0) == 0) {
				return at;
			}
		}
	}
	return NULL;
}

static const struct program *find_package(const char *package, size_t length)
{
	_cleanup_free_ char *name = mem_strndup(package, length);

	for (const struct program *at = programs_node; at->name && length; at++) {
		if (program_lists(at->packages, package, length) ||
			(!at->of_site && fnmatch(at->name, name, 0) == 0)) {
			return at;
		}
	}
	return NULL;
}

/* "npm:vite@8/bin" is the package vite, "npm:@rsbuild/core@2" the package @rsbuild/core. */
static const struct program *find_specifier(const char *text)
{
	size_t scope = *text == '@' ? strcspn(text, "/") : 0;

	return find_package(text,
		scope + (text[scope] == '/') + strcspn(text + scope + (text[scope] == '/'), "@/"));
}

const struct program *program_find_script(const char *script, const char *package)
{
	const struct program *named;

	if (strncmp(script, "npm:", strlen("npm:")) == 0) {
		script += strlen("npm:");
		return find_specifier(script + (*script == '/'));
	}
	if (package && *package) {
		return find_package(package, strlen(package));
	}
	named = program_find(script);
	return package && named && !named->of_site ? NULL : named;
}

const struct program *program_find_module(const char *module)
{
	const struct program *whole = program_find(module);
	const char *dot = strrchr(module, '.');

	return whole || !dot ? whole : program_find(dot + 1);
}

bool program_lists(const char *list, const char *word, size_t length)
{
	const char *at = list;

	if (!list || !length) {
		return list && strstr(list, "  ");
	}
	for (; (at = memmem(at, strlen(at), word, length)); at++) {
		if (at > list && at[-1] == ' ' && at[length] == ' ') {
			return true;
		}
	}
	return false;
}
