/* SPDX-License-Identifier: MIT */
#include "pipeline/pipeline-private.h"

#include "util/clock.h"
#include "util/mem.h"

/* Events that wait while a project is held. */

void pipeline_on_build(struct pipeline *pipeline, pipeline_build_fn *told, void *userdata)
{
	pipeline->build = told;
	pipeline->build_userdata = userdata;
}

void pipeline_on_wait(struct pipeline *pipeline, pipeline_wait_fn *told, void *userdata)
{
	pipeline->wait = told;
	pipeline->wait_userdata = userdata;
}

void pipeline_waits(struct pipeline *pipeline, uint64_t serial)
{
	if (pipeline->wait) {
		pipeline->wait(serial, pipeline->wait_userdata);
	}
}

void pipeline_say_held(struct pipeline *pipeline, struct project *project, uint64_t now)
{
	struct project_queue *queue = queue_of(project);

	ledger_step(pipeline->ledger, queue->serial, now, STEP_HELD, NULL, "%s",
		queue->held_by ? queue->held_by : "");
}

void pipeline_hold(struct pipeline *pipeline, struct project *project, const char *why)
{
	struct project_queue *queue = queue_of(project);

	queue->holds++;
	free(queue->held_by);
	queue->held_by = mem_strdup(why);
	if (queue->serial) {
		pipeline_say_held(pipeline, project, clock_now_usec());
		pipeline_set_timer(pipeline);
	}
}

/* Returns whether that was the last hold. */
static bool pipeline_end_hold(struct project *project)
{
	struct project_queue *queue = queue_of(project);

	if (--queue->holds) {
		return false;
	}
	free(queue->held_by);
	queue->held_by = NULL;
	return true;
}

/* Takes ownership of the failure; NULL: the build succeeded. */
static void pipeline_tell_build(
	struct pipeline *pipeline, struct project *project, struct build_failure *failure)
{
	bool is_news = failure || project->failure;

	build_failure_free(project->failure);
	project->failure = failure;
	if (is_news && pipeline->build) {
		pipeline->build(project, pipeline->build_userdata);
	}
}

void pipeline_drop_hold(struct project *project)
{
	queue_of(project)->holds--;
}

const char *pipeline_held_by(const struct project *project)
{
	const struct project_queue *queue = project->queue;

	return !queue || !queue->holds ? NULL : queue->held_by ? queue->held_by : "";
}

void pipeline_release(struct pipeline *pipeline, struct project *project)
{
	struct project_queue *queue = queue_of(project);
	uint64_t now = clock_now_usec();
	const struct event *event;

	if (!pipeline_end_hold(project)) {
		return;
	}
	event = ledger_find(pipeline->ledger, queue->serial);
	if (queue->serial) {
		coalescer_depart(&queue->coalescer, now);
		ledger_step(pipeline->ledger, queue->serial, now, STEP_LEFT, NULL,
			"after %.1f ms, with %zu file%s",
			event ? (double)(now - event->started_usec) / 1000 : 0.0,
			queue->files.count, queue->files.count == 1 ? "" : "s");
		pipeline_depart(pipeline, project);
	}
}

void pipeline_drop(
	struct pipeline *pipeline, struct project *project, enum step_kind kind, const char *why)
{
	struct project_queue *queue = queue_of(project);

	for (size_t i = 0; i < queue->files.kept; i++) {
		content_forget(pipeline->contents, queue->files.names[i]);
	}
	ledger_close(pipeline->ledger, queue->serial);
	ledger_step(pipeline->ledger, queue->serial, clock_now_usec(), kind, NULL, "%s", why);
	fileset_clear(&queue->files);
	queue->serial = 0;
	queue->output_wait.due_usec = 0;
	coalescer_depart(&queue->coalescer, clock_now_usec());
}

/* The last lines of `said`; the caller frees them. */
static char *said_last(const char *said)
{
	const char *end = said + strlen(said), *from;
	int lines = 0;

	while (end > said && end[-1] == '\n') {
		end--;
	}
	for (from = end; from > said; from--) {
		lines += from[-1] == '\n';
		if (lines == PIPELINE_SAID_MAX) {
			break;
		}
	}
	return mem_strndup(from, (size_t)(end - from));
}

/* Each line is a step. */
static void pipeline_say(struct pipeline *pipeline, uint64_t serial, uint64_t now, const char *said)
{
	const char *from = said;

	while (*from) {
		size_t length = strcspn(from, "\n");

		if (length) {
			ledger_step(pipeline->ledger, serial, now, STEP_SAID, NULL, "%.*s",
				(int)length, from);
		}
		from += length + (from[length] == '\n');
	}
}

uint64_t pipeline_fail(
	struct pipeline *pipeline, struct project *project, const char *what, const char *said)
{
	struct project_queue *queue = queue_of(project);
	uint64_t now = clock_now_usec();
	uint64_t serial = queue->serial;
	struct build_failure *failure = mem_new(struct build_failure);

	if (!serial) {
		serial = pipeline_open(pipeline, EVENT_BUILD, project->root, now, "");
	}
	*failure = (struct build_failure){serial, mem_strdup(what), said_last(said)};
	pipeline_say(pipeline, serial, now, failure->said);
	if (queue->serial) {
		pipeline_drop(pipeline, project, STEP_BUILD_FAILED, what);
	} else {
		ledger_close(pipeline->ledger, serial);
		ledger_step(pipeline->ledger, serial, now, STEP_BUILD_FAILED, NULL, "%s", what);
	}
	pipeline_end_hold(project);
	pipeline_tell_build(pipeline, project, failure);
	return serial;
}

void pipeline_build_passed(struct pipeline *pipeline, struct project *project)
{
	pipeline_tell_build(pipeline, project, NULL);
}
