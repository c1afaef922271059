/* SPDX-License-Identifier: MIT */
#include "pipeline/pipeline.h"

#include "pipeline/pipeline-private.h"
#include "util/clock.h"
#include "util/mem.h"

static void queue_free(struct project_queue *queue)
{
	if (queue) {
		fileset_clear(&queue->files);
		free(queue->held_by);
		free(queue);
	}
}

uint64_t pipeline_depart(struct pipeline *pipeline, struct project *project)
{
	struct project_queue *queue = queue_of(project);
	uint64_t serial = queue->serial;

	queue->serial = 0;
	queue->output_wait.due_usec = 0;
	pipeline->send(project, serial, &queue->files, pipeline->userdata);
	fileset_clear(&queue->files);
	return serial;
}

/* When the project's waiting event is sent; CLOCK_NEVER if none waits or the project is held. */
static uint64_t queue_due(const struct project_queue *queue)
{
	uint64_t due = queue && !queue->holds ? coalescer_due(&queue->coalescer) : CLOCK_NEVER;
	uint64_t output_due = queue && !queue->holds ? queue->output_wait.due_usec : 0;

	return output_due && output_due < due ? output_due : due;
}

void pipeline_set_timer(struct pipeline *pipeline)
{
	uint64_t first = CLOCK_NEVER;

	for (size_t i = 0; i < registry_count(pipeline->registry); i++) {
		const struct project *project = registry_at(pipeline->registry, i);
		uint64_t due = queue_due(project->queue);

		first = due < first ? due : first;
	}
	loop_timer_set(pipeline->due, first);
}

static void pipeline_on_due(void *userdata)
{
	struct pipeline *pipeline = userdata;
	uint64_t now = clock_now_usec();

	for (size_t i = 0; i < registry_count(pipeline->registry); i++) {
		struct project *project = registry_at(pipeline->registry, i);
		struct project_queue *queue = project->queue;

		if (queue_due(queue) <= now) {
			if (queue->output_wait.due_usec && queue->output_wait.due_usec <= now) {
				output_wait_missed(&queue->output_wait);
			}
			coalescer_depart(&queue->coalescer, now);
			ledger_step(pipeline->ledger, queue->serial, now, STEP_LEFT, NULL,
				"with %zu file%s", queue->files.count,
				queue->files.count == 1 ? "" : "s");
			pipeline_depart(pipeline, project);
		}
	}
	pipeline_set_timer(pipeline);
}

struct pipeline *pipeline_new(struct loop *loop, struct registry *registry, struct intake *intake,
	struct ledger *ledger, pipeline_send_fn *send, void *userdata)
{
	struct pipeline *pipeline = mem_new(struct pipeline);

	*pipeline = (struct pipeline){
		.loop = loop,
		.registry = registry,
		.intake = intake,
		.ledger = ledger,
		.send = send,
		.userdata = userdata,
		.contents = content_memory_new(),
	};
	pipeline->due = loop_timer_new(loop, pipeline_on_due, pipeline);
	return pipeline;
}

void pipeline_free(struct pipeline *pipeline)
{
	if (pipeline) {
		for (size_t i = 0; i < registry_count(pipeline->registry); i++) {
			struct project *project = registry_at(pipeline->registry, i);

			queue_free(project->queue);
			project->queue = NULL;
		}
		loop_timer_free(pipeline->due);
		content_memory_free(pipeline->contents);
		free(pipeline);
	}
}

void pipeline_before_saved(struct pipeline *pipeline, pipeline_before_fn *before, void *userdata)
{
	pipeline->before = before;
	pipeline->before_userdata = userdata;
}

struct content_memory *pipeline_contents(struct pipeline *pipeline)
{
	return pipeline->contents;
}

uint64_t pipeline_open(struct pipeline *pipeline, enum event_source source, const char *root,
	uint64_t now, const char *what)
{
	uint64_t serial =
		ledger_open(pipeline->ledger, source, root, now, clock_usec(CLOCK_REALTIME));

	ledger_step(pipeline->ledger, serial, now, STEP_HEARD, NULL, "%s", what);
	return serial;
}

void pipeline_note_files(struct pipeline *pipeline, struct project *project, uint64_t serial)
{
	struct project_queue *queue = queue_of(project);
	const struct event *event = ledger_find(pipeline->ledger, serial);

	for (size_t i = event ? event->file_count : SIZE_MAX; i < queue->files.kept; i++) {
		ledger_file(pipeline->ledger, serial, queue->files.names[i]);
	}
}

uint64_t pipeline_enter(struct pipeline *pipeline, struct project *project,
	enum event_source source, uint64_t now, const char *what)
{
	struct project_queue *queue = queue_of(project);
	bool joins = queue->serial != 0;
	bool at_once = !queue->holds && coalescer_add(&queue->coalescer, now) == COALESCER_SENDS;

	if (joins) {
		pipeline_note_files(pipeline, project, queue->serial);
		ledger_step(pipeline->ledger, queue->serial, now, STEP_JOINED, NULL, "%s", what);
		if (at_once) {
			return pipeline_depart(pipeline, project);
		}
		/* The files that wait for an output are sent with this burst, which is earlier. */
		if (!queue->holds) {
			pipeline_set_timer(pipeline);
		}
		return queue->serial;
	}
	queue->serial = pipeline_open(pipeline, source, project->root, now, what);
	pipeline_note_files(pipeline, project, queue->serial);
	if (at_once) {
		return pipeline_depart(pipeline, project);
	}
	if (queue->holds) {
		pipeline_say_held(pipeline, project, now);
	} else {
		pipeline_set_timer(pipeline);
		pipeline_waits(pipeline, queue->serial);
	}
	return queue->serial;
}

bool pipeline_add_change(
	struct pipeline *pipeline, struct project *project, const struct pipeline_change *change)
{
	struct project_queue *queue = queue_of(project);

	content_announce(pipeline->contents, change->name, &change->mark);
	if (!intake_accepts(project, change->name)) {
		return false;
	}
	fileset_add(&queue->files, change->name);
	return true;
}

uint64_t pipeline_finish_changes(struct pipeline *pipeline, struct project *project,
	enum event_source source, size_t more, const char *what)
{
	struct project_queue *queue = queue_of(project);
	uint64_t now = clock_now_usec();

	queue->files.count += more;
	if (source == EVENT_OUTPUT) {
		output_wait_output(&queue->output_wait, now);
	}
	return pipeline_enter(pipeline, project, source, now, what);
}

uint64_t pipeline_changed(struct pipeline *pipeline, struct project *project,
	enum event_source source, const struct pipeline_change *changes, size_t kept, size_t count,
	const char *what)
{
	size_t passed = 0;

	for (size_t i = 0; i < kept; i++) {
		passed += pipeline_add_change(pipeline, project, &changes[i]);
	}
	return kept && !passed && kept == count
		? 0
		: pipeline_finish_changes(pipeline, project, source, count - kept, what);
}

void pipeline_output_unchanged(struct pipeline *pipeline, struct project *project)
{
	struct project_queue *queue = queue_of(project);

	/* If a burst is being combined, the event has other files, too. */
	bool waits = queue->output_wait.due_usec && !queue->coalescer.gathering;

	output_wait_output(&queue->output_wait, clock_now_usec());
	if (waits && !queue->holds) {
		ledger_close(pipeline->ledger, queue->serial);
		ledger_step(pipeline->ledger, queue->serial, clock_now_usec(), STEP_UNCHANGED, NULL,
			"no byte of the output changed");
		fileset_clear(&queue->files);
		queue->serial = 0;
	}
}

/* Whether tabs loaded the event's files between these times. */
static bool event_was_loading(const struct event *event, uint64_t from_usec, uint64_t until_usec)
{
	const struct step *last = &event->steps[event->step_count - 1];
	const struct step *cast = event->steps;

	while (cast < last && cast->kind != STEP_CAST) {
		cast++;
	}
	return cast->kind == STEP_CAST && event->started_usec + cast->at_usec <= until_usec &&
		(!event->closed || event->started_usec + last->at_usec >= from_usec);
}

bool pipeline_was_loading(const struct pipeline *pipeline, const struct project *project,
	uint64_t from_usec, uint64_t until_usec)
{
	uint64_t serial = ledger_last(pipeline->ledger);
	const struct event *event;

	for (; (event = ledger_find(pipeline->ledger, serial)); serial--) {
		if (event->root && strcmp(event->root, project->root) == 0 && event->step_count &&
			event_was_loading(event, from_usec, until_usec)) {
			return true;
		}
	}
	return false;
}

uint64_t pipeline_reload(
	struct pipeline *pipeline, struct project *project, const char *what, uint32_t after)
{
	uint64_t serial =
		pipeline_open(pipeline, EVENT_RELOAD, project->root, clock_now_usec(), what);

	project->late_event = after ? serial : 0;
	project->late_after = after;
	pipeline_send(pipeline, project, serial);
	return serial;
}

void pipeline_send(struct pipeline *pipeline, struct project *project, uint64_t serial)
{
	pipeline->send(project, serial, NULL, pipeline->userdata);
}

void pipeline_forget(struct pipeline *pipeline, struct project *project)
{
	pipeline_calls_forget(pipeline, project);
	if (project->queue && project->queue->serial) {
		pipeline_drop(pipeline, project, STEP_NO_PROJECT, "the project was untracked");
	}
	queue_free(project->queue);
	project->queue = NULL;
}
