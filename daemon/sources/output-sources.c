/* SPDX-License-Identifier: MIT */
#include "sources/output-source-private.h"

#include "config/setting.h"
#include "util/mem.h"
#include "util/mounts.h"

static struct output_source *source_find(
	const struct output_sources *sources, const struct project *project)
{
	struct output_source *source = sources->first;

	while (source && source->project != project) {
		source = source->next;
	}
	return source;
}

struct output_sources *output_sources_new(struct loop *loop, struct watcher *watcher,
	struct registry *registry, struct pipeline *pipeline, output_linked_fn *linked,
	void *userdata)
{
	struct output_sources *sources = mem_new(struct output_sources);

	*sources = (struct output_sources){
		.loop = loop,
		.watcher = watcher,
		.registry = registry,
		.pipeline = pipeline,
		.linked = linked,
		.userdata = userdata,
	};
	return sources;
}

void output_sources_free(struct output_sources *sources)
{
	if (sources) {
		while (sources->first) {
			output_source_end(&sources->first);
		}
		free(sources);
	}
}

void output_sources_update(struct output_sources *sources, struct project *project)
{
	output_sources_forget(sources, project);
	project_problem_set(sources->registry, project, PROJECT_PART_OUTPUT, NULL);
	if (project->settings->output.count && !mounts_ready(project->root)) {
		project->unread = true;
	} else if (project->settings->output.count) {
		output_source_begin(sources, project);
	}
}

void output_sources_resume(struct output_sources *sources, struct project *project)
{
	struct output_source *source = source_find(sources, project);

	if (source && output_folders_wait(source->folders)) {
		project_problem_set(sources->registry, project, PROJECT_PART_OUTPUT, NULL);
		output_source_check(source); /* a link into the mount could not be resolved */
		output_folders_resume(source->folders);
		output_source_note_found(source);
	}
}

void output_sources_mount_changed(
	struct output_sources *sources, struct project *project, const char *name)
{
	struct output_source *source = source_find(sources, project);

	if (source) {
		output_folders_mount_changed(source->folders, name);
	}
}

void output_sources_settle(struct output_sources *sources, struct project *project, bool failed)
{
	struct output_source *source = source_find(sources, project);
	unsigned reads;

	if (!source) {
		return;
	}
	if (failed) {
		output_burst_taken(&source->burst, clock_now_usec());
		/*
		 * If an earlier hold has not ended yet, it waits only for the read in
		 * progress.
		 */
		source->holding = source->holding > 0;
		if (!output_source_drop_reading(source)) {
			output_source_end_hold(source);
		}
		return;
	}
	reads = (source->reading != NULL) + (source->burst.files.count > 0);
	if (reads && !source->holding) {
		pipeline_hold(sources->pipeline, project, "its outputs are being read");
	}
	source->holding = reads > source->holding ? reads : source->holding;
}

void output_sources_forget(struct output_sources *sources, struct project *project)
{
	for (struct output_source **at = &sources->first; *at; at = &(*at)->next) {
		if ((*at)->project == project) {
			bool holding = (*at)->holding;

			output_source_end(at);
			if (holding) {
				pipeline_release(sources->pipeline, project);
			}
			return;
		}
	}
}
