/* SPDX-License-Identifier: MIT */
#include "pipeline/pipeline-private.h"

#include "config/setting.h"
#include "pipeline/content.h"
#include "project/file-kind.h"
#include "util/clock.h"
#include "util/mem.h"

/* Sources that wait for their output, changes on disk, and saves that wait for the disk. */

bool pipeline_awaits(struct pipeline *pipeline, struct project *project,
	enum event_source source, uint64_t now)
{
	struct project_queue *queue = queue_of(project);
	bool waits = project->settings->output.count && output_wait_saved(&queue->output_wait, now);

	if (!waits || queue->holds || queue->coalescer.gathering) {
		queue->output_wait.due_usec = 0;
		return false;
	}
	if (!queue->serial) {
		queue->serial = pipeline_open(pipeline, source, project->root, now, "");
		pipeline_note_files(pipeline, project, queue->serial);
		ledger_step(pipeline->ledger, queue->serial, now, STEP_HELD, NULL,
			"waits for its output, at most %.1f s",
			(double)(queue->output_wait.due_usec - now) / CLOCK_USEC_PER_SEC);
	} else {
		pipeline_note_files(pipeline, project, queue->serial);
		pipeline_waits(pipeline, queue->serial);
	}
	pipeline_set_timer(pipeline);
	return true;
}

/* Creates an event in each other project that includes one of the files. */
static void pipeline_wrote_included(struct pipeline *pipeline, const struct project *own,
	const struct pipeline_change *changes, size_t count, enum event_source source, uint64_t now,
	const char *what)
{
	for (size_t i = 0; i < registry_count(pipeline->registry); i++) {
		struct project *project = registry_at(pipeline->registry, i);
		const struct path_rules *include = &project->settings->include;
		bool any = false;

		for (size_t k = 0; project != own && include->count && k < count; k++) {
			if (path_rules_find_outside(include, changes[k].name)) {
				fileset_add(&queue_of(project)->files, changes[k].name);
				any = true;
			}
		}
		if (any) {
			queue_of(project)->disk =
				pipeline_enter(pipeline, project, source, now, what);
		}
	}
}

void pipeline_wrote(struct pipeline *pipeline, struct project *project, enum event_source source,
	const struct pipeline_change *changes, size_t kept, size_t count, const char *what)
{
	struct project_queue *queue = queue_of(project);
	uint64_t now = clock_now_usec();
	size_t sources = 0;

	for (size_t i = 0; i < kept; i++) {
		content_announce(pipeline->contents, changes[i].name, &changes[i].mark);
		content_told_by_disk(pipeline->contents, changes[i].name);
		fileset_add(&queue->files, changes[i].name);
		sources += file_kind_is_source(changes[i].name);
	}
	queue->files.count += count - kept;
	if (sources == count && pipeline_awaits(pipeline, project, source, now)) {
		queue->disk = queue->serial;
	} else {
		queue->disk = pipeline_enter(pipeline, project, source, now, what);
	}
	pipeline_wrote_included(pipeline, project, changes, kept, source, now, what);
}

uint64_t pipeline_save_waits(
	struct pipeline *pipeline, char *const *names, size_t count, const char *why)
{
	uint64_t now = clock_now_usec();
	uint64_t serial = pipeline_open(pipeline, EVENT_SAVE, NULL, now, "");

	for (size_t i = 0; i < count && i < LEDGER_FILES_MAX; i++) {
		ledger_file(pipeline->ledger, serial, names[i]);
	}
	if (count > LEDGER_FILES_MAX) {
		ledger_more_files(pipeline->ledger, serial, count - LEDGER_FILES_MAX);
	}
	ledger_step(pipeline->ledger, serial, now, STEP_HELD, NULL, "%s", why);
	return serial;
}

void pipeline_save_done(struct pipeline *pipeline, uint64_t waited, uint64_t event)
{
	ledger_close(pipeline->ledger, waited);
	ledger_step(pipeline->ledger, waited, clock_now_usec(), STEP_LEFT, NULL, "as event %llu",
		(unsigned long long)event);
}
