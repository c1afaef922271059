/* SPDX-License-Identifier: MIT */
#include "project/state-text.h"

#include <errno.h>

#include "util/json-list.h"
#include "util/pathname.h"

struct entry {
	uint32_t id;
	char *root;
};

char *state_text_write(const struct registry *registry)
{
	_cleanup_(json_dropp) json_t *file = json_list_new("projects");
	json_t *projects = json_object_get(file, "projects");

	json_object_set_new(
		file, "next-id", json_integer((json_int_t)registry_next_id(registry)));
	for (size_t i = 0; i < registry_count(registry); i++) {
		const struct project *project = registry_at(registry, i);
		_cleanup_free_ char *root = pathname_to_text(project->root);

		if (project->tracked) {
			json_array_append_new(projects, json_pack("{s:I, s:s}", "id",
				(json_int_t)project->id, "root", root));
		}
	}
	return json_list_write(file);
}

static int entry_read(struct entry *entry, json_t *json, char **why)
{
	const char *root = json_string_value(json_object_get(json, "root"));
	json_int_t id = json_integer_value(json_object_get(json, "id"));
	const char *reason = "must be a string";

	if (id < 1 || id >= UINT32_MAX) {
		*why = mem_strdup("projects: id: must be an integer from 1 to 4294967294");
		return -EINVAL;
	}
	if (!root || pathname_from_text(root, &entry->root, &reason) < 0) {
		*why = mem_printf("projects: root: %.200s: %s", root ? root : "", reason);
		return -EINVAL;
	}
	entry->id = (uint32_t)id;
	return 0;
}

static int entries_read(struct entry *entries, json_t *projects, char **why)
{
	size_t i;
	json_t *json;

	json_array_foreach(projects, i, json)
	{
		int r = entry_read(&entries[i], json, why);

		if (r < 0) {
			return r;
		}
		for (size_t k = 0; k < i; k++) {
			if (entries[k].id == entries[i].id ||
				strcmp(entries[k].root, entries[i].root) == 0) {
				*why = mem_strdup("projects: two have the same id or root");
				return -EINVAL;
			}
		}
	}
	return 0;
}

/* The file may be read after projects were found: its mount did not answer. */
static bool id_is_used(const struct registry *registry, uint32_t id)
{
	for (size_t i = 0; i < registry_count(registry); i++) {
		if (registry_at(registry, i)->id == id) {
			return true;
		}
	}
	return false;
}

int state_text_read(struct registry *registry, const char *text, size_t length, char **why)
{
	_cleanup_(json_dropp) json_t *file = json_list_read(text, length, "projects", why);
	json_t *projects = json_object_get(file, "projects");
	json_int_t next_id = json_integer_value(json_object_get(file, "next-id"));
	size_t count = json_array_size(projects);
	struct entry *entries;
	int r;

	if (!file) {
		return -EINVAL;
	}
	if (next_id < 1 || next_id > UINT32_MAX) {
		*why = mem_strdup("next-id: must be an integer from 1 to 4294967295");
		return -EINVAL;
	}
	if (count > PROJECTS_MAX) {
		*why = mem_printf("projects: must be at most %d", PROJECTS_MAX);
		return -EINVAL;
	}
	entries = mem_zero(count * sizeof *entries);
	r = entries_read(entries, projects, why);
	for (size_t i = 0; i < count; i++) {
		if (r == 0) {
			uint32_t id = id_is_used(registry, entries[i].id) ? 0 : entries[i].id;

			registry_add(registry, entries[i].root, true, id);
		}
		free(entries[i].root);
	}
	free(entries);
	if (r == 0) {
		registry_reserve_ids(registry, (uint32_t)next_id);
	}
	return r;
}
