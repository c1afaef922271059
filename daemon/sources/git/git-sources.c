/* SPDX-License-Identifier: MIT */
#include "sources/git/git-sources.h"

#include <errno.h>

#include "project/project.h"
#include "sources/git/git-state.h"
#include "util/mem.h"

struct git_sources {
	struct git_parts parts;
	struct git_source *all[GIT_SOURCES_MAX];
	size_t count;
};

struct git_sources *git_sources_new(const struct git_parts *parts)
{
	struct git_sources *sources = mem_new(struct git_sources);

	sources->parts = *parts;
	return sources;
}

void git_sources_free(struct git_sources *sources)
{
	if (sources) {
		for (size_t i = 0; i < sources->count; i++) {
			git_source_free(sources->all[i]);
		}
		free(sources);
	}
}

/* Its position; `count` if there is none. */
static size_t sources_find(const struct git_sources *sources, const struct project *project)
{
	size_t i = 0;

	while (i < sources->count && git_source_project(sources->all[i]) != project) {
		i++;
	}
	return i;
}

static bool sources_wanted(const struct project *project)
{
	return project->tracked || project->tab_count;
}

/*
 * A work tree whose last tab was closed stays watched, since the tab may come back, until
 * another one needs its place.
 */
static void sources_make_room(struct git_sources *sources)
{
	size_t i = 0;

	while (i < sources->count &&
		(sources_wanted(git_source_project(sources->all[i])) ||
			!git_source_is_idle(sources->all[i]))) {
		i++;
	}
	if (i < sources->count) {
		git_sources_forget(sources, git_source_project(sources->all[i]));
	}
}

static void sources_add(struct git_sources *sources, struct project *project)
{
	_cleanup_free_ char *why = NULL, *problem = NULL;
	struct git_dir dir;
	int r;

	r = git_state_find(&dir, project, &why);
	if (r == -ENOENT || r == -EAGAIN) {
		return;
	}
	if (sources->count == GIT_SOURCES_MAX) {
		sources_make_room(sources);
	}
	if (r == -EPERM) {
		problem = mem_printf("%s: savecast still notices saves, but not git commands: run "
				     "`git config --global --add safe.directory %s`",
			why, project->root);
	} else if (r < 0) {
		problem = mem_printf("%s: savecast still notices saves, but not git commands", why);
	} else if (sources->count == GIT_SOURCES_MAX) {
		problem = mem_printf("%d work trees are watched already: switch off the tabs of "
				     "another, or untrack it",
			GIT_SOURCES_MAX);
		git_dir_clear(&dir);
	} else {
		/* First in the list: git_source_watch() may report a problem, which calls back. */
		size_t at = sources->count;

		sources->all[at] = git_source_new(&sources->parts, project, &dir);
		sources->count++;
		git_source_watch(sources->all[at]);
		return;
	}
	project_problem_set(sources->parts.registry, project, PROJECT_PART_GIT, problem);
}

void git_sources_update(struct git_sources *sources, struct project *project)
{
	size_t i = sources_find(sources, project);

	if (i < sources->count && git_source_is_gone(sources->all[i])) {
		git_sources_forget(sources, project);
		i = sources->count;
	}
	if (i < sources->count) {
		git_source_watch(sources->all[i]);
	} else if (sources_wanted(project)) {
		sources_add(sources, project);
	}
}

uint64_t git_sources_until(const struct git_sources *sources, const struct project *project)
{
	size_t i = sources_find(sources, project);

	return i < sources->count ? git_source_until(sources->all[i]) : 0;
}

void git_sources_settle(struct git_sources *sources, struct project *project)
{
	size_t i = sources_find(sources, project);

	if (i < sources->count) {
		git_source_settle(sources->all[i]);
	}
}

void git_sources_forget(struct git_sources *sources, struct project *project)
{
	size_t i = sources_find(sources, project);

	if (i < sources->count) {
		git_source_free(sources->all[i]);
		sources->all[i] = sources->all[--sources->count];
	}
}
