/* SPDX-License-Identifier: MIT */
#include "pipeline/pipeline-private.h"

#include "config/setting.h"
#include "pipeline/content.h"
#include "pipeline/ignored-files.h"
#include "project/file-kind.h"
#include "util/clock.h"
#include "util/mem.h"

/* Saves that a caller reports, usually an editor: the files of one call. */

/* An editor reports a save at most this long after the disk; a later report is another save. */
#define PIPELINE_ONE_SAVE_USEC (10 * CLOCK_USEC_PER_SEC)

/* The files of one call in one project. */
struct call_part {
	struct project *project; /* NULL: files in no project */
	size_t changed;
	size_t told; /* saves that the disk has reported already */
	size_t sources; /* how many of them are sources from which a build makes an output */
	struct fileset unchanged;
};

/* The files of one call, grouped by project. */
struct call {
	struct call_part *parts;
	size_t count;
	size_t left; /* bytes that may still be read */
	char *homeless_why; /* why the first file without a project has none */
	size_t homeless;
	size_t homeless_kept;
	char *homeless_names[LEDGER_FILES_MAX];
	struct ignored_files ignored; /* the ignored files */
};

static struct call_part *call_part(struct call *call, struct project *project)
{
	for (size_t i = call->count; i-- > 0;) {
		if (call->parts[i].project == project) {
			return &call->parts[i];
		}
	}
	call->parts = mem_resize(call->parts, call->count + 1, sizeof *call->parts);
	call->parts[call->count] = (struct call_part){.project = project};
	return &call->parts[call->count++];
}

/* Whether the file has the contents that were announced last. Remembers them in any case. */
static bool call_is_unchanged(struct call *call, struct pipeline *pipeline, const char *file,
	const struct intake_look *look)
{
	struct content_mark mark;

	if (look) {
		return content_announce(pipeline->contents, file, &look->mark);
	}
	call->left -= content_read(file, call->left, &mark);
	return content_announce(pipeline->contents, file, &mark);
}

/* Whether the disk has already reported this save: then nothing else needs to be checked. */
static bool call_was_told(struct call *call, struct pipeline *pipeline, const char *name)
{
	struct project *project;

	if (!content_was_told_by_disk(pipeline->contents, name) ||
		!content_is_current(name, content_find(pipeline->contents, name))) {
		return false;
	}
	project = registry_lookup(pipeline->registry, name);
	if (!project || !ledger_find(pipeline->ledger, queue_of(project)->disk)) {
		return false;
	}
	content_ask_told_by_disk(pipeline->contents, name);
	call_part(call, project)->told++;
	return true;
}

static void call_take(struct call *call, struct pipeline *pipeline, const char *name,
	const struct intake_look *look)
{
	struct claims claims;
	bool same = false, asked = false, told = false;

	if (!look && call_was_told(call, pipeline, name)) {
		return;
	}
	intake_claim(pipeline->intake, name, look, &claims);
	for (size_t i = 0; i < claims.count; i++) {
		struct project *project = claims.items[i].project;
		const char *ignored = claims.items[i].verdict.ignored;
		struct call_part *part;

		if (ignored) {
			ignored_files_add(&call->ignored, project, claims.file, ignored);
			continue;
		}
		if (!asked) {
			same = call_is_unchanged(call, pipeline, claims.file, look);
			told = same && content_ask_told_by_disk(pipeline->contents, claims.file);
			asked = true;
		}
		part = call_part(call, project);
		if (told) {
			part->told++;
		} else if (same && !project->settings->unchanged) {
			fileset_add(&part->unchanged, claims.file);
		} else {
			part->changed++;
			part->sources += file_kind_is_source(claims.file);
			fileset_add(&queue_of(project)->files, claims.file);
		}
	}
	if (!claims.count) {
		if (!call->homeless++) {
			call->homeless_why = mem_steal(claims.why);
		}
		if (call->homeless_kept < LEDGER_FILES_MAX) {
			call->homeless_names[call->homeless_kept++] = mem_steal(claims.file);
		}
		call_part(call, NULL);
	}
	claims_clear(&claims);
}

static uint64_t pipeline_homeless_saved(struct pipeline *pipeline, struct call *call, uint64_t now)
{
	uint64_t serial = pipeline_open(pipeline, EVENT_SAVE, NULL, now, "");

	for (size_t i = 0; i < call->homeless_kept; i++) {
		ledger_file(pipeline->ledger, serial, call->homeless_names[i]);
		free(call->homeless_names[i]);
	}
	ledger_close(pipeline->ledger, serial);
	ledger_step(pipeline->ledger, serial, now, STEP_NO_PROJECT, NULL, "%s", call->homeless_why);
	free(call->homeless_why);
	return serial;
}

/*
 * No byte of the project changed: creates an event that says so. Several such saves in a row,
 * for example of an editor's autosave, share one event; otherwise they would fill the ledger.
 */
static uint64_t pipeline_unchanged(
	struct pipeline *pipeline, const struct call_part *part, uint64_t now)
{
	struct project *project = part->project;
	struct project_queue *queue = queue_of(project);
	uint64_t serial = queue->unchanged;

	if (!serial || serial != ledger_last(pipeline->ledger)) {
		serial = pipeline_open(pipeline, EVENT_SAVE, project->root, now, "");
		queue->unchanged = serial;
		for (size_t i = 0; i < part->unchanged.kept; i++) {
			ledger_file(pipeline->ledger, serial, part->unchanged.names[i]);
		}
		ledger_close(pipeline->ledger, serial);
	}
	ledger_step(pipeline->ledger, serial, now, STEP_UNCHANGED, NULL,
		"no byte of %zu file%s changed since it was announced", part->unchanged.count,
		part->unchanged.count == 1 ? "" : "s");
	return serial;
}

/*
 * Only sources were saved. Returns whether they wait for their output; if so, they are part
 * of the project's event.
 */
static bool pipeline_awaits(struct pipeline *pipeline, struct project *project,
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
		ledger_step(pipeline->ledger, queue->serial, now, STEP_HELD, NULL,
			"waits for its output, at most %.1f s",
			(double)(queue->output_wait.due_usec - now) / CLOCK_USEC_PER_SEC);
	}
	pipeline_note_files(pipeline, project, queue->serial);
	pipeline_set_timer(pipeline);
	return true;
}

static bool pipeline_is_recent(struct pipeline *pipeline, uint64_t serial, uint64_t now)
{
	const struct event *event = ledger_find(pipeline->ledger, serial);

	return event && now - event->started_usec < PIPELINE_ONE_SAVE_USEC;
}

static uint64_t pipeline_part_saved(
	struct pipeline *pipeline, const struct call_part *part, uint64_t now)
{
	_cleanup_free_ char *what = NULL;

	if (!part->changed) {
		uint64_t disk = queue_of(part->project)->disk;

		return part->told && pipeline_is_recent(pipeline, disk, now)
			? disk
			: pipeline_unchanged(pipeline, part, now);
	}
	if (part->sources == part->changed &&
		pipeline_awaits(pipeline, part->project, EVENT_SAVE, now)) {
		return queue_of(part->project)->serial;
	}
	if (part->unchanged.count) {
		what = mem_printf("%zu more file%s: no byte changed", part->unchanged.count,
			part->unchanged.count == 1 ? "" : "s");
	}
	return pipeline_enter(pipeline, part->project, EVENT_SAVE, now, what ? what : "");
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
	ledger_step(pipeline->ledger, serial, now, STEP_HELD, NULL, "%s", why);
	return serial;
}

void pipeline_save_done(struct pipeline *pipeline, uint64_t waited, uint64_t event)
{
	ledger_close(pipeline->ledger, waited);
	ledger_step(pipeline->ledger, waited, clock_now_usec(), STEP_LEFT, NULL, "as event %llu",
		(unsigned long long)event);
}

uint64_t pipeline_saved(struct pipeline *pipeline, char *const *names, size_t count,
	const struct intake_look *looks)
{
	struct call call = {.left = CONTENT_LOOP_BYTES_MAX};
	uint64_t now = clock_now_usec();
	uint64_t first = 0, ignored;

	if (pipeline->before) {
		pipeline->before(pipeline->before_userdata);
	}
	for (size_t i = 0; i < count; i++) {
		call_take(&call, pipeline, names[i], looks ? &looks[i] : NULL);
	}
	intake_finish(pipeline->intake);
	for (size_t i = 0; i < call.count; i++) {
		uint64_t serial = call.parts[i].project
			? pipeline_part_saved(pipeline, &call.parts[i], now)
			: pipeline_homeless_saved(pipeline, &call, now);

		first = first ? first : serial;
		fileset_clear(&call.parts[i].unchanged);
	}
	free(call.parts);
	ignored = ignored_files_report(&call.ignored, pipeline->ledger, now);
	return first ? first : ignored;
}
