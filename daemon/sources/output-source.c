/* SPDX-License-Identifier: MIT */
#include "sources/output-source.h"

#include "util/mem.h"
#include "config/setting.h"
#include "pipeline/content-read.h"
#include "sources/output-burst.h"
#include "sources/output-folders.h"
#include "project/problem.h"

#define LOG_MODULE "output"
#include "util/log.h"

struct output_source {
	struct output_sources *sources;
	struct project *project;
	struct folders *folders;
	struct burst burst;
	bool lost; /* events of it were */
	struct loop_timer *due;
	struct reading *reading; /* the worker reads what was written */
	unsigned holding; /* reads until the project is let go; 0: it is not held */
	struct output_source *next;
};

/* A burst's files on the worker thread; the source may end before it is done. */
struct reading {
	struct output_source *source;
	bool dropped;
	bool lost;
	struct pipe_change *changes;
	size_t kept, count;
};

struct output_sources {
	struct loop *loop;
	struct watcher *watcher;
	struct registry *registry;
	struct pipe *pipe;
	struct output_source *first;
};

static void reading_free(struct reading *reading)
{
	for (size_t i = 0; i < reading->kept; i++) {
		free((char *)reading->changes[i].name);
	}
	free(reading->changes);
	free(reading);
}

static void on_read(void *userdata)
{
	struct reading *reading = userdata;

	for (size_t i = 0; i < reading->kept; i++) {
		content_read(reading->changes[i].name, CONTENT_WORKER_BYTES_MAX,
			&reading->changes[i].mark);
	}
}

/* Leaves those that are what was announced; returns how many are left. */
static size_t source_judge(struct output_source *source, struct reading *reading)
{
	struct output_sources *sources = source->sources;
	struct content_memory *contents = pipe_contents(sources->pipe);
	size_t left = 0;

	for (size_t i = 0; i < reading->kept; i++) {
		struct pipe_change change = reading->changes[i];
		const struct content_mark *known = content_find(contents, change.name);

		/* Made and removed again: nobody ever saw it. */
		if (known ? content_mark_is_same(known, &change.mark)
			  : change.mark.kind == CONTENT_ABSENT) {
			continue;
		}
		if (registry_lookup(sources->registry, change.name) == source->project) {
			reading->changes[i] = reading->changes[left];
			reading->changes[left++] = change;
		}
	}
	return left;
}

static void source_announce(struct output_source *source, struct reading *reading)
{
	struct pipe *pipe = source->sources->pipe;
	size_t left = source_judge(source, reading);
	size_t more = reading->count - reading->kept;

	if (left + more) {
		pipe_changed(pipe, source->project, EVENT_OUTPUT, reading->changes, left,
			left + more,
			reading->lost ? "the queue of inotify ran over: all outputs are looked at"
				      : "");
	} else {
		pipe_output_unchanged(pipe, source->project);
	}
}

/* One read of those that the project is held for is done. */
static void source_let_go(struct output_source *source)
{
	if (source->holding && --source->holding == 0) {
		pipe_release(source->sources->pipe, source->project);
	}
}

static void on_read_done(void *userdata)
{
	struct reading *reading = userdata;
	struct output_source *source = reading->source;

	if (source) {
		source->reading = NULL;
		if (!reading->dropped) {
			source_announce(source, reading);
		}
		source_let_go(source);
		loop_timer_set(source->due, burst_due(&source->burst));
	}
	reading_free(reading);
}

static void source_on_due(void *userdata)
{
	struct output_source *source = userdata;
	uint64_t due = burst_due(&source->burst);
	struct fileset *files = &source->burst.files;
	struct reading *reading;

	if (source->reading || due == CLOCK_NEVER) {
		return;
	}
	if (clock_now_usec() < due) {
		loop_timer_set(source->due, due);
		return;
	}
	reading = mem_new(struct reading);
	reading->source = source;
	reading->kept = files->kept;
	reading->count = files->count;
	reading->changes = mem_zero(files->kept * sizeof *reading->changes);
	for (size_t i = 0; i < files->kept; i++) {
		reading->changes[i].name = mem_strdup(files->names[i]);
	}
	burst_taken(&source->burst, clock_now_usec());
	reading->lost = source->lost;
	source->lost = false;
	source->reading = reading;
	loop_job(source->sources->loop, on_read, on_read_done, reading);
}

static void source_on_folder(enum folders_event event, const char *file, void *userdata)
{
	struct output_source *source = userdata;
	uint64_t now = clock_now_usec();

	switch (event) {
	case FOLDERS_BEGUN:
		burst_begun(&source->burst, file, now);
		break;
	case FOLDERS_WRITTEN:
		burst_written(&source->burst, file, now);
		break;
	case FOLDERS_GONE:
		burst_gone(&source->burst, file, now);
		break;
	case FOLDERS_LOST:
		log_warning("%s: the queue of inotify ran over: all outputs are looked at",
			source->project->root);
		burst_clear(&source->burst);
		source->lost = true;
		break;
	}
	loop_timer_set(source->due, burst_due(&source->burst));
}

static void source_on_problem(const char *text, void *userdata)
{
	struct output_source *source = userdata;

	/* One is enough, the first: they mostly have one cause. */
	if (!problem_is_of(source->project, "output")) {
		problem_set(source->sources->registry, source->project, "output", text);
	}
}

static const struct folders_callbacks on_folders = {
	.told = source_on_folder,
	.problem = source_on_problem,
};

static void source_begin(struct output_sources *sources, struct project *project)
{
	struct output_source *source = mem_new(struct output_source);

	source->sources = sources;
	source->project = project;
	source->next = sources->first;
	sources->first = source;
	source->due = loop_timer_new(sources->loop, source_on_due, source);
	source->folders = folders_new(sources->watcher, project, &on_folders, source);
}

static void source_end(struct output_source **at)
{
	struct output_source *source = *at;

	*at = source->next;
	if (source->reading) {
		source->reading->source = NULL;
	}
	folders_free(source->folders);
	burst_clear(&source->burst);
	loop_timer_free(source->due);
	free(source);
}

struct output_sources *output_sources_new(
	struct loop *loop, struct watcher *watcher, struct registry *registry, struct pipe *pipe)
{
	struct output_sources *sources = mem_new(struct output_sources);

	*sources = (struct output_sources){
		.loop = loop, .watcher = watcher, .registry = registry, .pipe = pipe};
	return sources;
}

void output_sources_free(struct output_sources *sources)
{
	if (sources) {
		while (sources->first) {
			source_end(&sources->first);
		}
		free(sources);
	}
}

void output_sources_update(struct output_sources *sources, struct project *project)
{
	output_sources_forget(sources, project);
	problem_set(sources->registry, project, "output", NULL);
	if (project->settings->output.count) {
		source_begin(sources, project);
	}
}

void output_sources_settle(struct output_sources *sources, struct project *project, bool failed)
{
	struct output_source *source = sources->first;
	unsigned reads;

	while (source && source->project != project) {
		source = source->next;
	}
	if (!source) {
		return;
	}
	if (failed) {
		burst_taken(&source->burst, clock_now_usec());
		/* The read under way is the last that an earlier hold's end may wait for. */
		source->holding = source->holding > 0;
		if (source->reading) {
			source->reading->dropped = true;
		} else {
			source_let_go(source);
		}
		return;
	}
	reads = (source->reading != NULL) + (source->burst.files.count > 0);
	if (reads && !source->holding) {
		pipe_hold(sources->pipe, project, "its outputs are read");
	}
	source->holding = reads > source->holding ? reads : source->holding;
}

void output_sources_forget(struct output_sources *sources, struct project *project)
{
	for (struct output_source **at = &sources->first; *at; at = &(*at)->next) {
		if ((*at)->project == project) {
			bool holding = (*at)->holding;

			source_end(at);
			if (holding) {
				pipe_release(sources->pipe, project);
			}
			return;
		}
	}
}
