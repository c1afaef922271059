/* SPDX-License-Identifier: MIT */
#include "sources/disk-sources.h"

#include <errno.h>
#include <sys/stat.h>

#include "config/setting.h"
#include "project/project.h"
#include "util/mem.h"
#include "util/mounts-files.h"
#include "util/mounts.h"
#include "util/pathname.h"

struct item {
	struct disk_sources *sources;
	struct project *project;
	struct disk_source *source; /* NULL while it is created */
	struct disk_source *included[DISK_INCLUDED_MAX];
	size_t included_count;
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
	for (size_t i = 0; i < item->included_count; i++) {
		disk_source_free(item->included[i]);
	}
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
	project_problem_set(sources->parts.registry, project, PROJECT_PART_WATCH, NULL);
}

/* Whether the folder is watched for the project already. */
static bool item_has(const struct item *item, const char *folder, bool deep)
{
	bool has = pathname_is_below(folder, item->project->root);

	for (size_t i = 0; !has && i < item->included_count; i++) {
		has = disk_source_covers(item->included[i], folder, deep);
	}
	return has;
}

static void item_include(struct item *item)
{
	const struct path_rules *include = &item->project->settings->include;

	for (size_t i = 0; i < include->count && item->included_count < DISK_INCLUDED_MAX; i++) {
		bool deep;
		struct statx st;
		_cleanup_free_ char *folder = path_rule_folder(&include->items[i], &deep);
		int r = mounts_lstat(folder, &st);

		if (r < 0 && errno == EAGAIN) {
			continue;
		}
		if (r == 0 && !S_ISDIR(st.stx_mode)) {
			*strrchr(folder, '/') = '\0';
			deep = false;
		}
		if (!item_has(item, folder, deep)) {
			item->included[item->included_count] = disk_source_new(
				&item->sources->parts, item->project, folder, deep);
			item->included_count++;
		}
	}
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
	item->source = disk_source_new(&sources->parts, project, NULL, true);
	item_include(item);
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
	project_problem_set(sources->parts.registry, project, PROJECT_PART_WATCH, NULL);
	disk_sources_update(sources, project);
	if (!disk_sources_find(sources, project)) {
		registry_set_watch(sources->parts.registry, project, PROJECT_WATCH_OFF);
	}
}

void disk_sources_mount_answers(
	struct disk_sources *sources, struct project *project, const char *mount)
{
	struct item *item = *sources_at(sources, project);

	if (item && item->source) {
		disk_source_mount_answers(item->source, mount);
	}
	for (size_t i = 0; item && i < item->included_count; i++) {
		disk_source_mount_answers(item->included[i], mount);
	}
}

void disk_sources_mount_changed(
	struct disk_sources *sources, struct project *project, const char *name)
{
	struct item *item = *sources_at(sources, project);

	if (item && item->source) {
		disk_source_mount_changed(item->source, name);
	}
	for (size_t i = 0; item && i < item->included_count; i++) {
		disk_source_mount_changed(item->included[i], name);
	}
}

struct disk_source *disk_sources_find(const struct disk_sources *sources, const struct project *project)
{
	struct item *item = *sources_at((struct disk_sources *)sources, project);

	return item ? item->source : NULL;
}

bool disk_sources_notice(
	const struct disk_sources *sources, const struct project *project, const char *file)
{
	const struct item *item = *sources_at((struct disk_sources *)sources, project);
	bool notices = item && item->source && disk_source_notices(item->source, file);

	for (size_t i = 0; item && !notices && i < item->included_count; i++) {
		notices = disk_source_notices(item->included[i], file);
	}
	return notices;
}

void disk_sources_settle(struct disk_sources *sources, struct project *project)
{
	struct item *item = *sources_at(sources, project);

	if (item && item->source) {
		disk_source_settle(item->source);
	}
	for (size_t i = 0; item && i < item->included_count; i++) {
		disk_source_settle(item->included[i]);
	}
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
		for (size_t i = 0; i < item->included_count; i++) {
			disk_source_tell(item->included[i]);
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
		for (size_t i = 0; i < item->included_count; i++) {
			disk_source_end_streak(item->included[i]);
			disk_source_tell(item->included[i]);
		}
	}
}
