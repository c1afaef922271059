/* SPDX-License-Identifier: MIT */
#include "sources/sources.h"

#include "sources/disk-sources.h"
#include "sources/git/git-sources.h"
#include "sources/output-source.h"
#include "sources/watcher.h"
#include "config/setting.h"
#include "project/verdict.h"
#include "util/mem.h"
#include "util/pathname.h"

struct sources {
	struct registry *registry;
	struct watcher *watcher;
	struct git_sources *git;
	struct output_sources *outputs;
	struct disk_sources *disk;
	struct pipeline *pipeline;
};

static void on_told(void *userdata)
{
	struct sources *sources = userdata;

	disk_sources_tell(sources->disk);
}

/*
 * Usually the disk's report of the same change is waiting in this turn of the loop; reading it
 * first is cheaper.
 */
static void on_save(void *userdata)
{
	struct sources *sources = userdata;

	if (disk_sources_any(sources->disk)) {
		watcher_drain(sources->watcher);
		disk_sources_saved(sources->disk);
	}
}

static uint64_t on_git_until(struct project *project, void *userdata)
{
	struct sources *sources = userdata;

	return git_sources_until(sources->git, project);
}

static bool on_disk_is_whole(const struct project *project, void *userdata)
{
	struct sources *sources = userdata;
	const struct disk_source *disk = disk_sources_find(sources->disk, project);

	return disk && disk_source_is_whole(disk);
}

static void on_git_paused(struct project *project, void *userdata)
{
	struct sources *sources = userdata;
	struct disk_source *disk = disk_sources_find(sources->disk, project);

	if (disk) {
		disk_source_tell(disk);
	}
}

static void on_git_done(struct project *project, const char *what, void *userdata)
{
	struct sources *sources = userdata;
	struct disk_source *disk = disk_sources_find(sources->disk, project);

	if (disk) {
		disk_source_git_done(disk, what);
	}
}

struct sources *sources_new(struct loop *loop, struct registry *registry, struct intake *intake,
	struct pipeline *pipeline, output_linked_fn *linked, void *userdata)
{
	struct sources *sources = mem_new(struct sources);

	sources->registry = registry;
	sources->watcher = watcher_new(loop);
	sources->pipeline = pipeline;
	sources->git = git_sources_new(&(struct git_parts){.loop = loop,
		.watcher = sources->watcher,
		.registry = registry,
		.pipeline = pipeline,
		.disk_is_whole = on_disk_is_whole,
		.paused = on_git_paused,
		.done = on_git_done,
		.userdata = sources});
	sources->outputs = output_sources_new(
		loop, sources->watcher, registry, pipeline, linked, userdata);
	sources->disk = disk_sources_new(&(struct disk_parts){.loop = loop,
		.watcher = sources->watcher,
		.registry = registry,
		.intake = intake,
		.pipeline = pipeline,
		.git_until = on_git_until,
		.userdata = sources});
	watcher_on_told(sources->watcher, on_told, sources);
	pipeline_before_saved(pipeline, on_save, sources);
	return sources;
}

void sources_free(struct sources *sources)
{
	if (sources) {
		pipeline_before_saved(sources->pipeline, NULL, NULL);
		disk_sources_free(sources->disk);
		output_sources_free(sources->outputs);
		git_sources_free(sources->git);
		watcher_free(sources->watcher);
		free(sources);
	}
}

void sources_project_changed(struct sources *sources, struct project *project)
{
	git_sources_update(sources->git, project);
	disk_sources_update(sources->disk, project);
}

void sources_settings_changed(struct sources *sources, struct project *project)
{
	if (project) {
		git_sources_update(sources->git, project);
		output_sources_update(sources->outputs, project);
		disk_sources_settings_changed(sources->disk, project);
		return;
	}
	for (size_t i = 0; i < registry_count(sources->registry); i++) {
		sources_settings_changed(sources, registry_at(sources->registry, i));
	}
}

void sources_event_sent(struct sources *sources, struct project *project)
{
	/* The user may have done what the problem says. */
	if (project->problems[PROJECT_PART_GIT]) {
		git_sources_update(sources->git, project);
	}
}

void sources_mount_answers(struct sources *sources, struct project *project, const char *mount)
{
	output_sources_resume(sources->outputs, project);
	disk_sources_mount_answers(sources->disk, project, mount);
}

void sources_git_answers(struct sources *sources)
{
	for (size_t i = 0; i < registry_count(sources->registry); i++) {
		git_sources_update(sources->git, registry_at(sources->registry, i));
	}
}

void sources_link_answers(struct sources *sources, struct project *project)
{
	output_sources_resume(sources->outputs, project);
}

void sources_mount_changed(struct sources *sources, const char *name)
{
	for (size_t i = 0; i < registry_count(sources->registry); i++) {
		struct project *project = registry_at(sources->registry, i);

		output_sources_mount_changed(sources->outputs, project, name);
		disk_sources_mount_changed(sources->disk, project, name);
	}
}

void sources_settle(struct sources *sources, struct project *project, bool failed)
{
	watcher_drain(sources->watcher);
	output_sources_settle(sources->outputs, project, failed);
	git_sources_settle(sources->git, project);
	disk_sources_settle(sources->disk, project);
}

const char *sources_notice(
	const struct sources *sources, const struct project *project, const char *file)
{
	const struct disk_source *disk = disk_sources_find(sources->disk, project);
	const char *name = file + strlen(project->root);

	name += *name == '/';
	if (pathname_is_below(file, project->root) &&
		path_rules_find(&project->settings->output, name)) {
		return "on disk, when the build has written it (savecast.output)";
	}
	if (project->settings->watch.off) {
		return "an editor's report, or git: savecast.watch = false";
	}
	if (!disk) {
		return "an editor's report, or git; on disk, too, while a tab shows the project";
	}
	if (!disk_sources_notice(sources->disk, project, file) || (pathname_is_below(file, project->root) &&
						     !verdict_watches(project->settings, name))) {
		return "an editor's report, or git: it is not watched on disk";
	}
	return "on disk, whatever program writes it; or an editor's report";
}

void sources_forget(struct sources *sources, struct project *project)
{
	disk_sources_forget(sources->disk, project);
	git_sources_forget(sources->git, project);
	output_sources_forget(sources->outputs, project);
}
