/* SPDX-License-Identifier: MIT */
#include "sources/sources.h"

#include "sources/git/git-sources.h"
#include "sources/output-source.h"
#include "sources/watcher.h"
#include "util/mem.h"

struct sources {
	struct registry *registry;
	struct watcher *watcher;
	struct git_sources *git;
	struct output_sources *outputs;
};

struct sources *sources_new(struct loop *loop, struct registry *registry, struct pipeline *pipeline)
{
	struct sources *sources = mem_new(struct sources);

	sources->registry = registry;
	sources->watcher = watcher_new(loop);
	sources->git =
		git_sources_new(&(struct git_parts){loop, sources->watcher, registry, pipeline});
	sources->outputs = output_sources_new(loop, sources->watcher, registry, pipeline);
	return sources;
}

void sources_free(struct sources *sources)
{
	if (sources) {
		output_sources_free(sources->outputs);
		git_sources_free(sources->git);
		watcher_free(sources->watcher);
		free(sources);
	}
}

void sources_project_changed(struct sources *sources, struct project *project)
{
	git_sources_update(sources->git, project);
}

void sources_settings_changed(struct sources *sources, struct project *project)
{
	if (project) {
		git_sources_update(sources->git, project);
		output_sources_update(sources->outputs, project);
		return;
	}
	for (size_t i = 0; i < registry_count(sources->registry); i++) {
		sources_settings_changed(sources, registry_at(sources->registry, i));
	}
}

void sources_settle(struct sources *sources, struct project *project, bool failed)
{
	watcher_drain(sources->watcher);
	output_sources_settle(sources->outputs, project, failed);
	git_sources_settle(sources->git, project);
}

void sources_forget(struct sources *sources, struct project *project)
{
	git_sources_forget(sources->git, project);
	output_sources_forget(sources->outputs, project);
}
