/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "project/project.h"
#include "project/state-text.h"
#include "util/mem.h"
#include "util/pathname.h"

static void the_deepest_root_wins(void **state)
{
	struct registry *registry = registry_new();
	struct project *outer = registry_add(registry, "/w", true, 0);
	struct project *inner = registry_add(registry, "/w/shop", true, 0);
	struct project *near = registry_add(registry, "/w/shop-old", true, 0);

	assert_ptr_equal(registry_lookup(registry, "/w/shop/a/b.css"), inner);
	assert_ptr_equal(registry_lookup(registry, "/w/shop"), inner);
	assert_ptr_equal(registry_lookup(registry, "/w/shop-old/x"), near);
	assert_ptr_equal(registry_lookup(registry, "/w/shopping"), outer);
	assert_ptr_equal(registry_lookup(registry, "/w"), outer);
	assert_null(registry_lookup(registry, "/wide"));
	assert_null(registry_lookup(registry, "/"));
	registry_remove(registry, inner);
	assert_ptr_equal(registry_lookup(registry, "/w/shop/a/b.css"), outer);
	registry_free(registry);
}

/* As registry_lookup() is defined. */
static struct project *lookup_slowly(struct registry *registry, const char *name)
{
	struct project *deepest = NULL;

	for (size_t i = 0; i < registry_count(registry); i++) {
		struct project *project = registry_at(registry, i);

		if (pathname_is_below(name, project->root) &&
			(!deepest || strlen(project->root) > strlen(deepest->root))) {
			deepest = project;
		}
	}
	return deepest;
}

static void random_name(char name[64])
{
	static const char *const components[] = {"a", "ab", "a-", "a.b", "b", "aa", "-", "\xff"};
	size_t depth = 1 + (size_t)rand() % 5;

	name[0] = '\0';
	while (depth--) {
		strcat(name, "/");
		strcat(name, components[(size_t)rand() % COUNT_OF(components)]);
	}
}

static void any_name_is_found_among_any_roots(void **state)
{
	srand(1);
	for (int round = 0; round < 200; round++) {
		struct registry *registry = registry_new();
		char name[64];

		for (int i = rand() % 40; i > 0; i--) {
			random_name(name);
			registry_add(registry, rand() % 40 ? name : "/", true, 0);
		}
		for (int i = 0; i < 100; i++) {
			random_name(name);
			assert_ptr_equal(
				registry_lookup(registry, name), lookup_slowly(registry, name));
		}
		registry_free(registry);
	}
}

static void the_root_folder_can_be_a_project(void **state)
{
	struct registry *registry = registry_new();
	struct project *root = registry_add(registry, "/", true, 0);

	assert_ptr_equal(registry_lookup(registry, "/a/b"), root);
	assert_ptr_equal(registry_lookup(registry, "/"), root);
	assert_string_equal(root->label, "/");
	registry_free(registry);
}

struct told {
	int added, changed, removed;
};

static void on_added(struct project *project, void *userdata)
{
	((struct told *)userdata)->added++;
}

static void on_changed(struct project *project, void *userdata)
{
	((struct told *)userdata)->changed++;
}

static void on_removed(struct project *project, void *userdata)
{
	((struct told *)userdata)->removed++;
}

static void adding_twice_is_reported_once(void **state)
{
	struct registry *registry = registry_new();
	struct told told = {0};
	struct project *met;

	registry_listen(registry,
		&(struct registry_callbacks){on_added, on_changed, on_removed}, &told);
	met = registry_add(registry, "/w", false, 0);
	assert_false(met->tracked);
	assert_ptr_equal(registry_add(registry, "/w", true, 0), met);
	assert_true(met->tracked);
	assert_ptr_equal(registry_add(registry, "/w", false, 0), met);
	assert_true(met->tracked);
	assert_int_equal(told.added, 1);
	assert_int_equal(told.changed, 1);
	registry_remove(registry, met);
	assert_int_equal(told.removed, 1);
	assert_int_equal(registry_add(registry, "/w", true, 0)->id, 2);
	registry_free(registry);
}

static void each_part_has_its_own_problem(void **state)
{
	struct registry *registry = registry_new();
	struct project *project = registry_add(registry, "/w", true, 0);
	struct told told = {0};
	char *text;

	registry_listen(
		registry, &(struct registry_callbacks){on_added, on_changed, on_removed}, &told);
	project_problem_set(registry, project, PROJECT_PART_GIT, "HEAD: no");
	project_problem_set(registry, project, PROJECT_PART_MOUNT, "/w waits");
	project_problem_set(registry, project, PROJECT_PART_GIT, "the index: \xff");
	assert_int_equal(told.changed, 3);
	text = project_problem_text(project);
	assert_string_equal(text, "mount: /w waits; git: the index: \xef\xbf\xbd");
	free(text);
	project_problem_set(registry, project, PROJECT_PART_GIT, "the index: \xff");
	project_problem_set(registry, project, PROJECT_PART_WATCH, NULL);
	assert_int_equal(told.changed, 3);
	project_problem_set(registry, project, PROJECT_PART_GIT, NULL);
	text = project_problem_text(project);
	assert_string_equal(text, "mount: /w waits");
	free(text);
	project_problem_set(registry, project, PROJECT_PART_MOUNT, NULL);
	text = project_problem_text(project);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(told.changed, 5);
	registry_free(registry);
}

static void projects_are_bounded(void **state)
{
	struct registry *registry = registry_new();
	char root[32];

	for (int i = 0; i < PROJECTS_MAX; i++) {
		snprintf(root, sizeof root, "/%d", i);
		assert_non_null(registry_add(registry, root, true, 0));
	}
	assert_null(registry_add(registry, "/one-more", true, 0));
	assert_non_null(registry_add(registry, "/one-more", false, 0));
	assert_null(registry_add(registry, "/one-more", true, 0));
	registry_free(registry);
}

static void the_state_text_round_trips(void **state)
{
	struct registry *before = registry_new(), *after = registry_new();
	_cleanup_free_ char *text = NULL;
	char *why = NULL;

	registry_add(before, "/w/caf\xc3\xa9", true, 0);
	registry_add(before, "/w/caf\xe9", true, 0);
	registry_add(before, "/w/met", false, 0);
	registry_remove(before, registry_add(before, "/w/gone", true, 0));
	text = state_text_write(before);
	assert_int_equal(state_text_read(after, text, strlen(text), &why), 0);
	assert_int_equal(registry_count(after), 2);
	assert_int_equal(registry_find(after, "/w/caf\xe9")->id, 2);
	assert_true(registry_find(after, "/w/caf\xc3\xa9")->tracked);
	/* A number is not used twice, although the project that had it was forgotten. */
	assert_int_equal(registry_next_id(after), registry_next_id(before));
	registry_free(before);
	registry_free(after);
}

static void a_damaged_state_text_adds_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		"{\"version\":2,\"next-id\":1,\"projects\":[]}",
		"{\"version\":1,\"next-id\":0,\"projects\":[]}",
		"{\"version\":1,\"next-id\":1,\"projects\":{}}",
		"{\"version\":1,\"next-id\":3,\"projects\":[{\"id\":1,\"root\":\"/a\"},{}]}",
		"{\"version\":1,\"next-id\":3,\"projects\":[{\"id\":1,\"root\":\"/a\"},"
		"{\"id\":2,\"root\":\"b\"}]}",
		"{\"version\":1,\"next-id\":3,\"projects\":[{\"id\":1,\"root\":\"/a\"},"
		"{\"id\":1,\"root\":\"/b\"}]}",
		"{\"version\":1,\"next-id\":3,\"projects\":[{\"id\":1,\"root\":\"/a\"},"
		"{\"id\":2,\"root\":\"/a\"}]}",
		"{\"version\":1,\"next-id\":3,\"projects\":[{\"id\":1,\"root\":\"/a\"}",
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct registry *registry = registry_new();
		_cleanup_free_ char *why = NULL;

		assert_int_equal(
			state_text_read(registry, texts[i], strlen(texts[i]), &why), -EINVAL);
		assert_non_null(why);
		assert_int_equal(registry_count(registry), 0);
		registry_free(registry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_deepest_root_wins),
		cmocka_unit_test(any_name_is_found_among_any_roots),
		cmocka_unit_test(the_root_folder_can_be_a_project),
		cmocka_unit_test(adding_twice_is_reported_once),
		cmocka_unit_test(each_part_has_its_own_problem),
		cmocka_unit_test(projects_are_bounded),
		cmocka_unit_test(the_state_text_round_trips),
		cmocka_unit_test(a_damaged_state_text_adds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
