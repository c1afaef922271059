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
	struct fileset files, unchanged;
};

/* The files of one call, grouped by project. */
struct pipeline_call {
	struct pipeline *pipeline;
	uint64_t began_usec;
	struct call_part *parts;
	size_t count;
	size_t left; /* bytes that may still be read */
	char *projectless_why; /* why the first file without a project has none */
	size_t projectless;
	size_t projectless_kept;
	char *projectless_names[LEDGER_FILES_MAX];
	struct ignored_files ignored;
	struct pipeline_call *next, **back; /* the calls that are not finished */
};

static void part_clear(struct call_part *part)
{
	fileset_clear(&part->files);
	fileset_clear(&part->unchanged);
}

static struct call_part *call_part(struct pipeline_call *call, struct project *project)
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
static bool call_is_unchanged(struct pipeline_call *call, struct pipeline *pipeline,
	const char *file, const struct intake_look *look)
{
	struct content_mark mark;

	if (look) {
		return content_announce(pipeline->contents, file, &look->mark);
	}
	call->left -= content_read(file, call->left, &mark);
	return content_announce(pipeline->contents, file, &mark);
}

/* Whether the disk has already reported this save: then nothing else needs to be checked. */
static bool call_was_told(struct pipeline_call *call, struct pipeline *pipeline, const char *name)
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

static void call_take(
	struct pipeline_call *call, const char *name, const struct intake_look *look)
{
	struct pipeline *pipeline = call->pipeline;
	struct claims claims;
	bool same = false, asked = false, told = false;

	if (!look && call_was_told(call, pipeline, name)) {
		return;
	}
	intake_claim(pipeline->intake, name, look, !call->projectless, &claims);
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
			fileset_add(&part->files, claims.file);
		}
	}
	if (!claims.count) {
		if (!call->projectless++) {
			call->projectless_why = mem_steal(claims.why);
		}
		if (call->projectless_kept < LEDGER_FILES_MAX) {
			call->projectless_names[call->projectless_kept++] = mem_steal(claims.file);
		}
		call_part(call, NULL);
	}
	claims_clear(&claims);
}

static uint64_t pipeline_projectless_saved(
	struct pipeline *pipeline, struct pipeline_call *call, uint64_t now)
{
	uint64_t serial = pipeline_open(pipeline, EVENT_SAVE, NULL, now, "");

	for (size_t i = 0; i < call->projectless_kept; i++) {
		ledger_file(pipeline->ledger, serial, call->projectless_names[i]);
	}
	ledger_close(pipeline->ledger, serial);
	ledger_step(pipeline->ledger, serial, now, STEP_NO_PROJECT, NULL, "%s",
		call->projectless_why);
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

static bool pipeline_is_recent(struct pipeline *pipeline, uint64_t serial, uint64_t now)
{
	const struct event *event = ledger_find(pipeline->ledger, serial);

	return event && now - event->started_usec < PIPELINE_ONE_SAVE_USEC;
}

static uint64_t pipeline_part_saved(
	struct pipeline *pipeline, struct call_part *part, uint64_t now)
{
	_cleanup_free_ char *what = NULL;

	if (!part->changed) {
		uint64_t disk = queue_of(part->project)->disk;

		return part->told && pipeline_is_recent(pipeline, disk, now)
			? disk
			: pipeline_unchanged(pipeline, part, now);
	}
	fileset_move(&part->files, &queue_of(part->project)->files);
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

static void call_begin(struct pipeline_call *call, struct pipeline *pipeline)
{
	*call = (struct pipeline_call){.pipeline = pipeline,
		.began_usec = clock_now_usec(),
		.left = CONTENT_LOOP_BYTES_MAX,
		.next = pipeline->calls,
		.back = &pipeline->calls};
	if (call->next) {
		call->next->back = &call->next;
	}
	pipeline->calls = call;
	if (pipeline->before) {
		pipeline->before(pipeline->before_userdata);
	}
}

static void call_clear(struct pipeline_call *call)
{
	*call->back = call->next;
	if (call->next) {
		call->next->back = call->back;
	}
	for (size_t i = 0; i < call->count; i++) {
		part_clear(&call->parts[i]);
	}
	for (size_t i = 0; i < call->projectless_kept; i++) {
		free(call->projectless_names[i]);
	}
	ignored_files_clear(&call->ignored);
	free(call->projectless_why);
	free(call->parts);
}

static uint64_t call_finish(struct pipeline_call *call)
{
	struct pipeline *pipeline = call->pipeline;
	uint64_t now = call->began_usec, first = 0, ignored;

	for (size_t i = 0; i < call->count; i++) {
		uint64_t serial = call->parts[i].project
			? pipeline_part_saved(pipeline, &call->parts[i], now)
			: pipeline_projectless_saved(pipeline, call, now);

		first = first ? first : serial;
	}
	ignored = ignored_files_report(&call->ignored, pipeline->ledger, now);
	call_clear(call);
	return first ? first : ignored;
}

void pipeline_call_take(struct pipeline_call *call, char *const *names, size_t count,
	const struct intake_look *looks)
{
	for (size_t i = 0; i < count; i++) {
		call_take(call, names[i], looks ? &looks[i] : NULL);
	}
	intake_finish(call->pipeline->intake);
}

uint64_t pipeline_saved(struct pipeline *pipeline, char *const *names, size_t count,
	const struct intake_look *looks)
{
	struct pipeline_call call;

	call_begin(&call, pipeline);
	pipeline_call_take(&call, names, count, looks);
	return call_finish(&call);
}

struct pipeline_call *pipeline_call_new(struct pipeline *pipeline)
{
	struct pipeline_call *call = mem_alloc(sizeof *call);

	call_begin(call, pipeline);
	return call;
}

uint64_t pipeline_call_finish(struct pipeline_call *call)
{
	uint64_t event = call_finish(call);

	free(call);
	return event;
}

void pipeline_call_free(struct pipeline_call *call)
{
	if (call) {
		call_clear(call);
		free(call);
	}
}

static void call_forget(struct pipeline_call *call, const struct project *project)
{
	for (size_t i = 0; i < call->count; i++) {
		struct call_part *part = &call->parts[i];

		if (part->project == project) {
			part_clear(part);
			call->count--;
			memmove(part, part + 1, (call->count - i) * sizeof *part);
			call->projectless++;
			if (!call->projectless_why) {
				call->projectless_why = mem_strdup("the project was untracked");
			}
			call_part(call, NULL);
			break;
		}
	}
	ignored_files_forget(&call->ignored, project);
}

void pipeline_calls_forget(struct pipeline *pipeline, const struct project *project)
{
	for (struct pipeline_call *call = pipeline->calls; call; call = call->next) {
		call_forget(call, project);
	}
}
