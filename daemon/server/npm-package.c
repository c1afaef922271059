/* SPDX-License-Identifier: MIT */
#include "server/program-script.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/mounts-leads.h"
#include "util/mounts.h"
#include "util/pathname.h"

enum { PACKAGE_BYTES_MAX = 256 * 1024, PACKAGE_LEVELS_MAX = 32 };

/* Whether a value of `bin`, relative to the package's folder, is the script. */
static bool is_script(const json_t *value, const char *path)
{
	const char *text = json_string_value(value);

	text = text && strncmp(text, "./", 2) == 0 ? text + 2 : text;
	return text && strcmp(text, path) == 0;
}

static bool lists_script(const json_t *bin, const char *path)
{
	const char *key;
	json_t *value;

	if (is_script(bin, path)) {
		return true;
	}
	json_object_foreach ((json_t *)bin, key, value) {
		if (is_script(value, path)) {
			return true;
		}
	}
	return false;
}

/* As npm_package_of() for one folder above the script; NULL if it has no package with a name. */
static char *package_in(const char *folder, const char *script)
{
	_cleanup_free_ char *file = mem_printf("%s/package.json", folder);
	_cleanup_free_ char *text = NULL;
	bool installed = strstr(folder, "/node_modules/") || strncmp(folder, "/usr/", 5) == 0;
	const char *name;
	char *found = NULL;
	size_t length;
	json_t *json;

	if (!mounts_may_read(file) || file_read(file, PACKAGE_BYTES_MAX, &text, &length) < 0) {
		return NULL;
	}
	json = json_loadb(text, length, 0, NULL);
	name = json_string_value(json_object_get(json, "name"));
	if (name && *name) {
		found = installed ||
				lists_script(
					json_object_get(json, "bin"), script + strlen(folder) + 1)
			? mem_strdup(name)
			: mem_strdup("");
	}
	json_decref(json);
	return found;
}

/*
 * With Yarn's Plug'n'Play, a script is in an archive, not on the disk; its path still names the
 * package.
 */
static char *package_in_name(const char *script)
{
	const char *at = NULL;

	for (const char *next = script; (next = strstr(next, "/node_modules/"));) {
		at = next += strlen("/node_modules/");
	}
	if (!at) {
		return NULL;
	}
	return mem_strndup(at,
		*at == '@' && strchr(at, '/')
			? (size_t)(strchr(at, '/') - at) + 1 + strcspn(strchr(at, '/') + 1, "/")
			: strcspn(at, "/"));
}

static char *package_of(const char *name)
{
	/* fails if Node would add ".js" to the name */
	_cleanup_free_ char *real = realpath(name, NULL);
	char *found = real ? NULL : package_in_name(name);
	_cleanup_free_ char *at = NULL;

	real = real ? real : mem_strdup(name);
	at = mem_strdup(real);
	for (int i = 0; i < PACKAGE_LEVELS_MAX && !found; i++) {
		char *slash = strrchr(at, '/');

		if (!slash || slash == at) {
			break;
		}
		*slash = '\0';
		found = package_in(at, real);
	}
	return found;
}

struct search {
	char *name, *found;
};

static void search_work(void *data)
{
	struct search *search = data;

	search->found = package_of(search->name);
}

static void search_drop(void *data)
{
	struct search *search = data;

	free(search->name);
	free(search->found);
	free(search);
}

char *npm_package_of(const char *script, const char *folder)
{
	static const struct mount_try search_try = {.work = search_work, .drop = search_drop};
	_cleanup_free_ char *name =
		*script == '/' ? mem_strdup(script) : mem_printf("%s/%s", folder, script);
	struct search *search;
	char *found;

	if (strlen(name) > PATHNAME_MAX) {
		return NULL;
	}
	search = mem_new(struct search);
	search->name = mem_strdup(name);
	search = mounts_try(name, &search_try, search);
	found = search ? mem_steal(search->found) : NULL;
	if (search) {
		search_drop(search);
	}
	return found;
}
