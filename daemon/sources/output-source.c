/* SPDX-License-Identifier: MIT */
#include "sources/output-source-private.h"

#include "config/setting.h"
#include "pipeline/content.h"
#include "project/project.h"
#include "util/mem.h"
#include "util/mounts.h"

#define LOG_MODULE "output"
#include "util/log.h"

/* The files of a burst on the worker thread; the source may be freed before it is done. */
struct reading {
	struct output_source *source;
	bool dropped;
	bool noting; /* files that existed already: they are not announced */
	bool lost;
	struct pipeline_change *changes;
	size_t kept, count;
};

static struct reading *reading_new(struct output_source *source, const struct fileset *files)
{
	struct reading *reading = mem_new(struct reading);

	reading->source = source;
	reading->kept = files->kept;
	reading->count = files->count;
	reading->changes = mem_zero(files->kept * sizeof *reading->changes);
	for (size_t i = 0; i < files->kept; i++) {
		reading->changes[i].name = mem_strdup(files->names[i]);
	}
	return reading;
}

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

/* Whether a file that was never announced is as it was when the watch began. */
static bool source_knows(const struct output_source *source, const struct pipeline_change *change)
{
	struct file_note note;
	bool noted = file_table_find(&source->table, file_table_key(change->name), &note);

	/* A file that was created and removed again did not exist then, either. */
	return change->mark.kind == CONTENT_ABSENT
		? !noted
		: noted && note.content && change->mark.kind != CONTENT_UNKNOWN &&
			note.content == file_table_content(change->mark.hash);
}

static void source_note(struct output_source *source, const struct reading *reading)
{
	for (size_t i = 0; i < reading->kept; i++) {
		const struct pipeline_change *change = &reading->changes[i];

		/* A file that was written meanwhile may have been read after that. */
		if (change->mark.kind != CONTENT_ABSENT && change->mark.kind != CONTENT_UNKNOWN &&
			!fileset_has(&source->burst.files, change->name)) {
			file_table_put(&source->table, file_table_key(change->name),
				&(struct file_note){
					.content = file_table_content(change->mark.hash)});
		}
	}
}

/* Removes files with the contents that were announced; returns how many remain. */
static size_t source_judge(struct output_source *source, struct reading *reading)
{
	struct output_sources *sources = source->sources;
	struct content_memory *contents = pipeline_contents(sources->pipeline);
	size_t left = 0;

	for (size_t i = 0; i < reading->kept; i++) {
		struct pipeline_change change = reading->changes[i];
		const struct content_mark *known = content_find(contents, change.name);

		if (known ? content_mark_is_same(known, &change.mark)
			  : source_knows(source, &change)) {
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
	struct pipeline *pipeline = source->sources->pipeline;
	size_t left = source_judge(source, reading);
	size_t more = reading->count - reading->kept;

	if (left + more) {
		pipeline_changed(pipeline, source->project, EVENT_OUTPUT, reading->changes, left,
			left + more,
			reading->lost ? "the inotify queue overflowed: all outputs are checked"
				      : "");
	} else {
		pipeline_output_unchanged(pipeline, source->project);
	}
}

/* One of the reads for which the project is held is done. */
void output_source_end_hold(struct output_source *source)
{
	if (source->holding && --source->holding == 0) {
		pipeline_release(source->sources->pipeline, source->project);
	}
}

/* Sets the timer to when there is something to do. */
static void source_wake(struct output_source *source)
{
	loop_timer_set(source->due,
		source->linked ? clock_now_usec() : output_burst_due(&source->burst));
}

static void on_read_done(void *userdata)
{
	struct reading *reading = userdata;
	struct output_source *source = reading->source;

	if (source) {
		source->reading = NULL;
		if (reading->noting) {
			source_note(source, reading);
		} else if (!reading->dropped) {
			source_announce(source, reading);
		}
		output_source_end_hold(source);
		source_wake(source);
	}
	reading_free(reading);
}

static void source_on_due(void *userdata)
{
	struct output_source *source = userdata;
	uint64_t due = output_burst_due(&source->burst);
	struct fileset *files = &source->burst.files;
	struct reading *reading;

	if (source->linked) {
		source->linked = false;
		source_wake(source);
		/* May end the source. */
		source->sources->linked(source->project, source->sources->userdata);
		return;
	}
	if (source->reading || due == CLOCK_NEVER) {
		return;
	}
	if (clock_now_usec() < due) {
		loop_timer_set(source->due, due);
		return;
	}
	reading = reading_new(source, files);
	output_burst_taken(&source->burst, clock_now_usec());
	reading->lost = source->lost;
	source->lost = false;
	source->reading = reading;
	mounts_job(source->sources->loop, source->project->root, on_read, on_read_done, reading);
}

static void source_on_folder(enum output_folders_event event, const char *file, void *userdata)
{
	struct output_source *source = userdata;
	uint64_t now = clock_now_usec();

	switch (event) {
	case FOLDERS_BEGUN:
		output_burst_begun(&source->burst, file, now);
		break;
	case FOLDERS_WRITTEN:
		output_burst_written(&source->burst, file, now);
		break;
	case FOLDERS_GONE:
		output_burst_gone(&source->burst, file, now);
		break;
	case FOLDERS_FOUND:
		file_table_put(&source->table, file_table_key(file), &(struct file_note){0});
		fileset_add(&source->found, file);
		return;
	case FOLDERS_LOST:
		log_warning("%s: the inotify queue overflowed: all outputs are checked",
			source->project->root);
		output_burst_clear(&source->burst);
		source->lost = true;
		break;
	}
	source_wake(source);
}

void output_source_check(struct output_source *source)
{
	source->linked = true;
	source_wake(source);
}

static void source_on_link(void *userdata)
{
	output_source_check(userdata);
}

static void source_on_problem(const char *text, void *userdata)
{
	struct output_source *source = userdata;

	/* Report the first one only: they usually have one cause. */
	if (!source->project->problems[PROJECT_PART_OUTPUT]) {
		project_problem_set(
			source->sources->registry, source->project, PROJECT_PART_OUTPUT, text);
	}
}

static const struct output_folders_callbacks on_folders = {
	.told = source_on_folder,
	.linked = source_on_link,
	.problem = source_on_problem,
};

void output_source_note_found(struct output_source *source)
{
	if (source->found.kept && !source->reading) {
		source->reading = reading_new(source, &source->found);
		source->reading->noting = true;
		mounts_job(source->sources->loop, source->project->root, on_read, on_read_done,
			source->reading);
	}
	fileset_clear(&source->found);
}

void output_source_begin(struct output_sources *sources, struct project *project)
{
	struct output_source *source = mem_new(struct output_source);

	source->sources = sources;
	source->project = project;
	source->next = sources->first;
	sources->first = source;
	source->due = loop_timer_new(sources->loop, source_on_due, source);
	source->burst.quiet_usec = project->settings->output_quiet;
	source->folders = output_folders_new(sources->watcher, project, &on_folders, source);
	output_source_note_found(source);
}

void output_source_end(struct output_source **at)
{
	struct output_source *source = *at;

	*at = source->next;
	if (source->reading) {
		source->reading->source = NULL;
	}
	output_folders_free(source->folders);
	output_burst_clear(&source->burst);
	file_table_clear(&source->table);
	loop_timer_free(source->due);
	free(source);
}

bool output_source_drop_reading(struct output_source *source)
{
	if (source->reading) {
		source->reading->dropped = true;
	}
	return source->reading;
}
