/* SPDX-License-Identifier: MIT */
#include "config/trust.h"

#include <errno.h>

#include "util/json-list.h"
#include "util/pathname.h"
#include "util/utf8.h"

struct trusted_root {
	char *root;
	char **rules;
	size_t count;
};

struct trust {
	struct trusted_root *roots; /* in the order in which they were trusted */
	size_t count;
};

struct trust *trust_new(void)
{
	return mem_new(struct trust);
}

static void root_clear(struct trusted_root *of)
{
	for (size_t i = 0; i < of->count; i++) {
		free(of->rules[i]);
	}
	free(of->rules);
	free(of->root);
}

void trust_free(struct trust *trust)
{
	if (trust) {
		for (size_t i = 0; i < trust->count; i++) {
			root_clear(&trust->roots[i]);
		}
		free(trust->roots);
		free(trust);
	}
}

static struct trusted_root *root_find(const struct trust *trust, const char *root)
{
	for (size_t i = 0; i < trust->count; i++) {
		if (strcmp(trust->roots[i].root, root) == 0) {
			return &trust->roots[i];
		}
	}
	return NULL;
}

bool trust_has(const struct trust *trust, const char *root, const char *rule)
{
	const struct trusted_root *of = root_find(trust, root);

	for (size_t i = 0; of && i < of->count; i++) {
		if (strcmp(of->rules[i], rule) == 0) {
			return true;
		}
	}
	return false;
}

static void root_remove(struct trust *trust, size_t index)
{
	root_clear(&trust->roots[index]);
	trust->count--;
	memmove(&trust->roots[index], &trust->roots[index + 1],
		(trust->count - index) * sizeof *trust->roots);
}

static struct trusted_root *root_add(struct trust *trust, const char *root)
{
	if (trust->count == TRUST_ROOTS_MAX) {
		root_remove(trust, 0);
	}
	trust->roots = mem_resize(trust->roots, trust->count + 1, sizeof *trust->roots);
	trust->roots[trust->count] = (struct trusted_root){.root = mem_strdup(root)};
	return &trust->roots[trust->count++];
}

bool trust_add(struct trust *trust, const char *root, const char *rule)
{
	struct trusted_root *of;

	if (!utf8_is_valid(rule, strlen(rule))) {
		return false;
	}
	if (trust_has(trust, root, rule)) {
		return true;
	}
	of = root_find(trust, root);
	if (!of) {
		of = root_add(trust, root);
	}
	if (of->count == TRUST_RULES_MAX) {
		return false;
	}
	of->rules = mem_resize(of->rules, of->count + 1, sizeof *of->rules);
	of->rules[of->count++] = mem_strdup(rule);
	return true;
}

void trust_remove(struct trust *trust, const char *root)
{
	const struct trusted_root *of = root_find(trust, root);

	if (of) {
		root_remove(trust, (size_t)(of - trust->roots));
	}
}

char *trust_write(const struct trust *trust)
{
	_cleanup_(json_dropp) json_t *file = json_list_new("projects");
	json_t *projects = json_object_get(file, "projects");

	for (size_t i = 0; i < trust->count; i++) {
		const struct trusted_root *of = &trust->roots[i];
		_cleanup_free_ char *root = pathname_to_text(of->root);
		json_t *rules = json_array();

		for (size_t k = 0; k < of->count; k++) {
			json_array_append_new(rules, json_string(of->rules[k]));
		}
		json_array_append_new(
			projects, json_pack("{s:s, s:o}", "root", root, "rules", rules));
	}
	return json_list_write(file);
}

static void project_read(struct trust *trust, const json_t *project)
{
	const char *text = json_string_value(json_object_get(project, "root")), *why;
	_cleanup_free_ char *root = NULL;
	const json_t *rule;
	size_t i;

	if (!text || pathname_from_text(text, &root, &why) < 0) {
		return;
	}
	json_array_foreach (json_object_get(project, "rules"), i, rule) {
		if (json_is_string(rule)) {
			trust_add(trust, root, json_string_value(rule));
		}
	}
}

int trust_read(struct trust *trust, const char *text, size_t length, char **why)
{
	_cleanup_(json_dropp) json_t *file = json_list_read(text, length, "projects", why);
	const json_t *project;
	size_t i;

	if (!file) {
		return -EINVAL;
	}
	json_array_foreach (json_object_get(file, "projects"), i, project) {
		project_read(trust, project);
	}
	return 0;
}
