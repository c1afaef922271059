/* SPDX-License-Identifier: MIT */
#include "project/project.h"

#include "config/setting.h"
#include "util/mem.h"
#include "util/pathname.h"
#include "util/utf8.h"

#define LOG_MODULE "project"
#include "util/log.h"

struct registry {
	struct project **sorted; /* by root */
	size_t count;
	size_t of_kind[2]; /* how many are not tracked (0) and tracked (1) */
	uint32_t next_id;
	struct registry_callbacks callbacks;
	void *userdata;
};

void build_failure_free(struct build_failure *failure)
{
	if (failure) {
		free(failure->what);
		free(failure->said);
		free(failure);
	}
}

static void project_free(struct project *project)
{
	build_failure_free(project->failure);
	for (size_t i = 0; i < PROJECT_PARTS; i++) {
		free(project->problems[i]);
	}
	free(project->root);
	free(project->label);
	free(project);
}

struct registry *registry_new(void)
{
	struct registry *registry = mem_new(struct registry);

	registry->next_id = 1;
	return registry;
}

void registry_free(struct registry *registry)
{
	if (registry) {
		for (size_t i = 0; i < registry->count; i++) {
			project_free(registry->sorted[i]);
		}
		free(registry->sorted);
		free(registry);
	}
}

void registry_listen(
	struct registry *registry, const struct registry_callbacks *callbacks, void *userdata)
{
	registry->callbacks = callbacks ? *callbacks : (struct registry_callbacks){0};
	registry->userdata = userdata;
}

static int compare_roots(const char *a, size_t length, const char *b)
{
	int order = strncmp(a, b, length);

	return order ? order : b[length] ? -1 : 0;
}

/* The position where the first `length` bytes of `root` are, or would be. */
static size_t registry_place(
	const struct registry *registry, const char *root, size_t length, bool *found)
{
	size_t low = 0, high = registry->count;

	*found = false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare_roots(root, length, registry->sorted[middle]->root);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return low;
}

static struct project *registry_get(
	const struct registry *registry, const char *root, size_t length)
{
	bool found;
	size_t place = registry_place(registry, root, length, &found);

	return found ? registry->sorted[place] : NULL;
}

struct project *registry_find(const struct registry *registry, const char *root)
{
	return registry_get(registry, root, strlen(root));
}

/* The length of the deepest folder of `name` that is `root` or above it; 0: there is none. */
static size_t shared_folder(const char *root, const char *name)
{
	size_t length = 0;

	while (root[length] && root[length] == name[length]) {
		length++;
	}
	if (root[length] || name[length] != '/') {
		while (length > 1 && name[length] != '/') {
			length--;
		}
	}
	return length;
}

/*
 * The roots are sorted, and a root that contains the name is a prefix of each root between the two.
 * So it contains the part that the name shares with the root before its place.
 */
struct project *registry_lookup(const struct registry *registry, const char *name)
{
	size_t length = strlen(name);

	while (length) {
		bool found;
		size_t place = registry_place(registry, name, length, &found);

		if (found) {
			return registry->sorted[place];
		}
		length = place ? shared_folder(registry->sorted[place - 1]->root, name) : 0;
	}
	return NULL;
}

static void registry_tell(const struct registry *registry,
	void (*callback)(struct project *, void *), struct project *project)
{
	if (callback) {
		callback(project, registry->userdata);
	}
}

static struct project *registry_put(struct registry *registry, const char *root, bool tracked,
	enum project_how how, uint32_t id)
{
	bool found;
	size_t place = registry_place(registry, root, strlen(root), &found);
	struct project *project = found ? registry->sorted[place] : NULL;

	if (project && project->tracked >= tracked) {
		return project;
	}
	if (registry->of_kind[tracked] >= PROJECTS_MAX) {
		return NULL;
	}
	registry->of_kind[tracked]++;
	if (project) {
		registry->of_kind[0]--;
		project->tracked = true;
		registry_tell(registry, registry->callbacks.changed, project);
		return project;
	}
	project = mem_new(struct project);
	project->id = id ? id : registry->next_id;
	project->root = mem_strdup(root);
	project->label = pathname_label(root);
	project->tracked = tracked;
	project->how = how;
	project->settings = project_settings_default();
	registry_reserve_ids(registry, project->id + 1);

	registry->sorted = mem_resize(registry->sorted, registry->count + 1, sizeof project);
	memmove(&registry->sorted[place + 1], &registry->sorted[place],
		(registry->count - place) * sizeof project);
	registry->sorted[place] = project;
	registry->count++;
	registry_tell(registry, registry->callbacks.added, project);
	return project;
}

struct project *registry_add(struct registry *registry, const char *root, bool tracked, uint32_t id)
{
	return registry_put(registry, root, tracked, PROJECT_BY_GIT, id);
}

struct project *registry_add_untracked(
	struct registry *registry, const char *root, enum project_how how)
{
	return registry_put(registry, root, false, how, 0);
}

const char *project_known_by(const struct project *project)
{
	static const char *const words[] = {
		[PROJECT_BY_GIT] = "git",
		[PROJECT_BY_FILE] = "savecast-file",
		[PROJECT_BY_CONFIG] = "config",
	};

	return project->tracked ? "tracked" : words[project->how];
}

void registry_remove(struct registry *registry, struct project *project)
{
	bool found;
	size_t place = registry_place(registry, project->root, strlen(project->root), &found);

	registry->of_kind[project->tracked]--;
	registry->count--;
	memmove(&registry->sorted[place], &registry->sorted[place + 1],
		(registry->count - place) * sizeof project);
	/* The callback may look up projects, and must not find this one. */
	registry_tell(registry, registry->callbacks.removed, project);
	project_free(project);
}

void registry_set_watch(
	struct registry *registry, struct project *project, enum project_watch watch)
{
	if (project->watch != watch) {
		project->watch = watch;
		registry_tell(registry, registry->callbacks.changed, project);
	}
}

const char *project_watch_name(enum project_watch watch)
{
	static const char *const names[] = {
		[PROJECT_WATCH_OFF] = "off",
		[PROJECT_WATCH_STARTING] = "starting",
		[PROJECT_WATCH_ON] = "on",
		[PROJECT_WATCH_PART] = "part",
	};

	return names[watch];
}

size_t registry_count(const struct registry *registry)
{
	return registry->count;
}

struct project *registry_at(const struct registry *registry, size_t index)
{
	return registry->sorted[index];
}

uint32_t registry_next_id(const struct registry *registry)
{
	return registry->next_id;
}

void registry_reserve_ids(struct registry *registry, uint32_t next_id)
{
	if (next_id > registry->next_id) {
		registry->next_id = next_id;
	}
}

static const char *const part_names[PROJECT_PARTS] = {
	[PROJECT_PART_MOUNT] = "mount",
	[PROJECT_PART_WATCH] = "watch",
	[PROJECT_PART_OUTPUT] = "output",
	[PROJECT_PART_GIT] = "git",
};

void project_problem_set(
	struct registry *registry, struct project *project, enum project_part part, const char *why)
{
	char **problem = &project->problems[part];
	_cleanup_free_ char *text = why ? utf8_dup(why) : NULL;

	if (*problem && text ? strcmp(*problem, text) == 0 : *problem == text) {
		return;
	}
	if (text) {
		log_warning("%s: %s: %s", project->root, part_names[part], text);
	}
	free(*problem);
	*problem = mem_steal(text);
	registry_tell(registry, registry->callbacks.changed, project);
}

char *project_problem_text(const struct project *project)
{
	char *all = mem_strdup("");

	for (size_t i = 0; i < PROJECT_PARTS; i++) {
		const char *problem = project->problems[i];

		if (problem) {
			char *longer = mem_printf(
				"%s%s%s: %s", all, *all ? "; " : "", part_names[i], problem);

			free(all);
			all = longer;
		}
	}
	return all;
}
