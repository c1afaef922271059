/* SPDX-License-Identifier: MIT */
#include "project/manifest.h"

#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>

#include "util/mem.h"

static const struct {
	const char *file, *workspace;
} kinds[MANIFEST_KINDS] = {
	[MANIFEST_NPM] = {"package.json", "pnpm-workspace.yaml"},
	[MANIFEST_CARGO] = {"Cargo.toml", NULL},
	[MANIFEST_PYTHON] = {"pyproject.toml", NULL},
	[MANIFEST_GO] = {"go.mod", "go.work"},
};

const char *manifest_file(enum manifest_kind kind)
{
	return kinds[kind].file;
}

const char *manifest_workspace_file(enum manifest_kind kind)
{
	return kinds[kind].workspace;
}

static void list_add(struct manifest_list *list, const char *text, size_t length)
{
	if (length && list->count < MANIFEST_LIST_MAX) {
		list->items = mem_resize(list->items, list->count + 1, sizeof *list->items);
		list->items[list->count++] = mem_strndup(text, length);
	}
}

static void list_clear(struct manifest_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i]);
	}
	free(list->items);
}

void manifest_clear(struct manifest *manifest)
{
	free(manifest->name);
	list_clear(&manifest->needs);
	list_clear(&manifest->paths);
	list_clear(&manifest->scripts);
	list_clear(&manifest->members);
	*manifest = (struct manifest){0};
}

static void set_name(struct manifest *manifest, const char *name)
{
	if (name && *name && !manifest->name) {
		manifest->name = mem_strdup(name);
	}
}

static void read_npm(struct manifest *manifest, const char *text, size_t length)
{
	static const char *const groups[] = {
		"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"};
	static const char *const paths[] = {"file:", "link:", "portal:"};
	json_t *json = json_loadb(text, length, 0, NULL), *members, *value;
	const char *key;
	size_t i;

	set_name(manifest, json_string_value(json_object_get(json, "name")));
	for (size_t group = 0; group < COUNT_OF(groups); group++) {
		json_object_foreach (json_object_get(json, groups[group]), key, value) {
			const char *from = json_string_value(value);

			list_add(&manifest->needs, key, strlen(key));
			for (size_t k = 0; from && k < COUNT_OF(paths); k++) {
				size_t n = strlen(paths[k]);

				if (strncmp(from, paths[k], n) == 0) {
					list_add(&manifest->paths, from + n, strlen(from + n));
				}
			}
		}
	}
	json_object_foreach (json_object_get(json, "scripts"), key, value) {
		list_add(&manifest->scripts, key, strlen(key));
	}
	members = json_object_get(json, "workspaces");
	members = json_is_object(members) ? json_object_get(members, "packages") : members;
	json_array_foreach (members, i, value) {
		const char *pattern = json_string_value(value);

		if (pattern) {
			list_add(&manifest->members, pattern, strlen(pattern));
		}
	}
	json_decref(json);
}

/* The strings in quotes of a TOML value. `cut`: each ends where its version begins. */
static void add_strings(struct manifest_list *list, const char *value, bool cut)
{
	for (const char *at = value; (at = strpbrk(at, "\"'"));) {
		const char *end = strchr(at + 1, *at);

		if (!end) {
			return;
		}
		list_add(list, at + 1,
			cut ? strcspn(at + 1, " \"'<>=!~;[@(") : (size_t)(end - at - 1));
		at = end + 1;
	}
}

/* The value of a key in an inline table: { path = "../x" }; a plain value if `key` is NULL. */
static char *string_of(const char *value, const char *key)
{
	const char *at = value, *end;

	while (key && (at = strstr(at, key))) {
		bool whole = at > value && !isalnum((unsigned char)at[-1]) && at[-1] != '-';

		at += strlen(key);
		if (whole && at[strspn(at, " ")] == '=') {
			break;
		}
	}
	at = at ? strpbrk(at, "\"'") : NULL;
	end = at ? strchr(at + 1, *at) : NULL;
	return end ? mem_strndup(at + 1, (size_t)(end - at - 1)) : NULL;
}

/* A line of a dependency: `key = value` in a table of them, or in a table of its own. */
static void add_dependency(struct manifest *manifest, const char *name, const char *value)
{
	_cleanup_free_ char *path = string_of(value, "path");
	_cleanup_free_ char *package = string_of(value, "package");
	const char *needed = package ? package : name;

	list_add(&manifest->needs, needed, strcspn(needed, ". "));
	if (path) {
		list_add(&manifest->paths, path, strlen(path));
	}
}

static void take_cargo(const char *table, const char *key, const char *value, void *userdata)
{
	struct manifest *manifest = userdata;
	const char *dependencies = strstr(table, "dependencies");
	_cleanup_free_ char *name = NULL;

	if (strcmp(table, "package") == 0 && strcmp(key, "name") == 0) {
		name = string_of(value, NULL);
		set_name(manifest, name);
	} else if (strcmp(table, "workspace") == 0 && strcmp(key, "members") == 0) {
		add_strings(&manifest->members, value, false);
	} else if (dependencies && strncmp(table, "workspace", 9) != 0) {
		const char *own = dependencies + strlen("dependencies");

		if (!*own) {
			add_dependency(manifest, key, value);
		} else if (strcmp(key, "path") == 0) { /* [dependencies.NAME] */
			add_strings(&manifest->paths, value, false);
		}
		if (*own == '.') {
			list_add(&manifest->needs, own + 1, strlen(own + 1));
		}
	}
}

static void take_python(const char *table, const char *key, const char *value, void *userdata)
{
	struct manifest *manifest = userdata;
	_cleanup_free_ char *name = NULL;

	if (strcmp(table, "project") == 0 && strcmp(key, "name") == 0) {
		name = string_of(value, NULL);
		set_name(manifest, name);
	} else if ((strcmp(table, "project") == 0 && strcmp(key, "dependencies") == 0) ||
		strcmp(table, "project.optional-dependencies") == 0 ||
		strcmp(table, "dependency-groups") == 0) {
		add_strings(&manifest->needs, value, true);
	} else if (strcmp(table, "tool.uv.workspace") == 0 && strcmp(key, "members") == 0) {
		add_strings(&manifest->members, value, false);
	} else if (strncmp(table, "tool.uv.sources", 15) == 0 ||
		strcmp(table, "tool.poetry.dependencies") == 0) {
		add_dependency(manifest, key, value);
	}
}

/* A line of go.mod or go.work: in a block, the word before the bracket belongs to each line. */
static void take_go(struct manifest *manifest, const char *verb, const char *rest)
{
	size_t word = strcspn(rest, " \t");
	const char *arrow = strstr(rest, "=> ");

	if (strcmp(verb, "module") == 0) {
		_cleanup_free_ char *name = mem_strndup(rest, word);

		set_name(manifest, name);
	} else if (strcmp(verb, "require") == 0) {
		list_add(&manifest->needs, rest, word);
	} else if (strcmp(verb, "use") == 0) {
		list_add(&manifest->members, rest, word);
	} else if (strcmp(verb, "replace") == 0 && arrow && arrow[3] == '.') {
		list_add(&manifest->paths, arrow + 3, strcspn(arrow + 3, " \t"));
	}
}

static void read_go(struct manifest *manifest, const char *text)
{
	_cleanup_free_ char *block = NULL;

	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		size_t indent = strspn(at, " \t"), length = strcspn(at, "\r\n");
		_cleanup_free_ char *line = mem_strndup(at + (indent < length ? indent : length),
			indent < length ? length - indent : 0);
		size_t word = strcspn(line, " \t(");
		_cleanup_free_ char *verb = mem_strndup(line, word);
		const char *rest = line + word + strspn(line + word, " \t");

		if (block) {
			take_go(manifest, block, line);
		} else if (*rest == '(') {
			block = mem_steal(verb);
			continue;
		} else {
			take_go(manifest, verb, rest);
		}
		if (*line == ')') {
			free(block);
			block = NULL;
		}
	}
}

/* The list below "packages:": one pattern in each line, behind a dash. */
static void read_pnpm(struct manifest *manifest, const char *text)
{
	bool inside = false;

	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		size_t indent = strspn(at, " \t");
		const char *item = at + indent;

		if (*item == '-' && inside) {
			item += 1 + strspn(item + 1, " \t\"'");
			list_add(&manifest->members, item, strcspn(item, "\"'\r\n #"));
		} else if (indent == 0 && strcspn(item, "#\r\n")) {
			inside = strncmp(item, "packages:", strlen("packages:")) == 0;
		}
	}
}

void manifest_read(
	struct manifest *manifest, enum manifest_kind kind, const char *text, size_t length)
{
	_cleanup_free_ char *copy = mem_strndup(text, length);

	switch (kind) {
	case MANIFEST_NPM:
		read_npm(manifest, text, length);
		break;
	case MANIFEST_CARGO:
		toml_each(copy, take_cargo, manifest);
		break;
	case MANIFEST_PYTHON:
		toml_each(copy, take_python, manifest);
		break;
	case MANIFEST_GO:
		read_go(manifest, copy);
		break;
	case MANIFEST_KINDS:
		break;
	}
}

void manifest_read_workspace(
	struct manifest *manifest, enum manifest_kind kind, const char *text, size_t length)
{
	_cleanup_free_ char *copy = mem_strndup(text, length);

	if (kind == MANIFEST_NPM) {
		read_pnpm(manifest, copy);
	} else if (kind == MANIFEST_GO) {
		read_go(manifest, copy);
	}
}
