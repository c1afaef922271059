/* SPDX-License-Identifier: MIT */
#include "sources/disk-sources.h"

#include "config/setting.h"
#include "project/project.h"
#include "util/mem.h"
#include "util/mounts.h"

struct item {
	struct disk_sources *sources;
	struct project *project;
	struct disk_source *source; /* NULL while it is created */
	struct loop_timer *linger; /* set when no tab shows it any more */
	struct item *next;
};

struct disk_sources {
	struct disk_parts parts;
	struct item *first;
};

struct disk_sources *disk_sources_new(const struct disk_parts *parts)
{
	struct disk_sources *sources = mem_new(struct disk_sources);

	sources->parts = *parts;
	return sources;
}

static struct item **sources_at(struct disk_sources *sources, const struct project *project)
{
	struct item **at = &sources->first;

	while (*at && (*at)->project != project) {
		at = &(*at)->next;
	}
	return at;
}

static void item_free(struct item **at)
{
	struct item *item = *at;

	*at = item->next;
	loop_timer_free(item->linger);
	disk_source_free(item->source);
	free(item);
}

void disk_sources_free(struct disk_sources *sources)
{
	if (sources) {
		while (sources->first) {
			item_free(&sources->first);
		}
		free(sources);
	}
}

void disk_sources_forget(struct disk_sources *sources, struct project *project)
{
	struct item **at = sources_at(sources, project);

	if (*at) {
		item_free(at);
		mem_give_back();
	}
}

static void item_on_linger(void *userdata)
{
	struct item *item = userdata;
	struct disk_sources *sources = item->sources;
	struct project *project = item->project;

	disk_sources_forget(sources, project);
	registry_set_watch(sources->parts.registry, project, PROJECT_WATCH_OFF);
	project_problem_set(sources->parts.registry, project, "watch", NULL);
}

static void sources_add(struct disk_sources *sources, struct project *project)
{
	struct item *item = mem_new(struct item);

	/*
	 * First in the list: disk_source_new() may report a problem, which calls back into this
	 * module.
	 */
	item->sources = sources;
	item->project = project;
	item->linger = loop_timer_new(sources->parts.loop, item_on_linger, item);
	item->next = sources->first;
	sources->first = item;
	item->source = disk_source_new(&sources->parts, project);
}

void disk_sources_update(struct disk_sources *sources, struct project *project)
{
	struct item *item = *sources_at(sources, project);

	if (project->tab_count && !item && !project->settings->watch.off &&
		!mounts_ready(project->root)) {
		project->unread = true;
	} else if (project->tab_count && !item && !project->settings->watch.off) {
		sources_add(sources, project);
	} else if (item) {
		loop_timer_set(item->linger,
			project->tab_count ? CLOCK_NEVER : clock_now_usec() + DISK_LINGER_USEC);
	}
}

void disk_sources_settings_changed(struct disk_sources *sources, struct project *project)
{
	disk_sources_forget(sources, project);
	project_problem_set(sources->parts.registry, project, "watch", NULL);
	disk_sources_update(sources, project);
	if (!disk_sources_find(sources, project)) {
		registry_set_watch(sources->parts.registry, project, PROJECT_WATCH_OFF);
	}
}

struct disk_source *disk_sources_find(const struct disk_sources *sources, const struct project *project)
{
	struct item *item = *sources_at((struct disk_sources *)sources, project);

	return item ? item->source : NULL;
}

bool disk_sources_any(const struct disk_sources *sources)
{
	return sources->first;
}

void disk_sources_tell(struct disk_sources *sources)
{
	for (struct item *item = sources->first; item; item = item->next) {
		if (item->source) {
			disk_source_tell(item->source);
		}
	}
}

void disk_sources_saved(struct disk_sources *sources)
{
	for (struct item *item = sources->first; item; item = item->next) {
		if (item->source) {
			disk_source_end_streak(item->source);
			disk_source_tell(item->source);
		}
	}
}
