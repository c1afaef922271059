/* SPDX-License-Identifier: MIT */
#include "pipeline/pipeline.h"

#include "util/clock.h"
#include "util/mem.h"
#include "pipeline/pipeline-private.h"

uint64_t pipe_depart(struct pipe *pipe, struct project *project)
{
	uint64_t serial = project->serial;

	project->serial = 0;
	project->await.due_usec = 0;
	pipe->cast(project, serial, &project->files, pipe->userdata);
	fileset_clear(&project->files);
	return serial;
}

/* When what waits of the project leaves; CLOCK_NEVER if nothing does, or it is held. */
static uint64_t pipe_due(const struct project *project)
{
	uint64_t due = pending_due(&project->pending);

	if (project->holds) {
		return CLOCK_NEVER;
	}
	return project->await.due_usec && project->await.due_usec < due ? project->await.due_usec
									: due;
}

void pipe_set_timer(struct pipe *pipe)
{
	uint64_t first = CLOCK_NEVER;

	for (size_t i = 0; i < registry_count(pipe->registry); i++) {
		const struct project *project = registry_at(pipe->registry, i);
		uint64_t due = pipe_due(project);

		first = due < first ? due : first;
	}
	loop_timer_set(pipe->due, first);
}

static void pipe_on_due(void *userdata)
{
	struct pipe *pipe = userdata;
	uint64_t now = clock_now_usec();

	for (size_t i = 0; i < registry_count(pipe->registry); i++) {
		struct project *project = registry_at(pipe->registry, i);

		if (pipe_due(project) <= now) {
			if (project->await.due_usec && project->await.due_usec <= now) {
				await_missed(&project->await);
			}
			pending_depart(&project->pending, now);
			ledger_step(pipe->ledger, project->serial, now, STEP_LEFT, NULL,
				"with %zu file%s", project->files.count,
				project->files.count == 1 ? "" : "s");
			pipe_depart(pipe, project);
		}
	}
	pipe_set_timer(pipe);
}

struct pipe *pipe_new(struct loop *loop, struct registry *registry, struct intake *intake,
	struct ledger *ledger, pipe_cast_fn *cast, void *userdata)
{
	struct pipe *pipe = mem_new(struct pipe);

	*pipe = (struct pipe){
		.loop = loop,
		.registry = registry,
		.intake = intake,
		.ledger = ledger,
		.cast = cast,
		.userdata = userdata,
		.contents = content_memory_new(),
	};
	pipe->due = loop_timer_new(loop, pipe_on_due, pipe);
	return pipe;
}

void pipe_free(struct pipe *pipe)
{
	if (pipe) {
		loop_timer_free(pipe->due);
		content_memory_free(pipe->contents);
		free(pipe);
	}
}

struct content_memory *pipe_contents(struct pipe *pipe)
{
	return pipe->contents;
}

uint64_t pipe_open(struct pipe *pipe, enum event_source source, const char *root, uint64_t now,
	const char *what)
{
	uint64_t serial = ledger_open(pipe->ledger, source, root, now, clock_usec(CLOCK_REALTIME));

	ledger_step(pipe->ledger, serial, now, STEP_HEARD, NULL, "%s", what);
	return serial;
}

void pipe_note_files(struct pipe *pipe, const struct project *project, uint64_t serial)
{
	const struct event *event = ledger_find(pipe->ledger, serial);

	for (size_t i = event ? event->file_count : SIZE_MAX; i < project->files.kept; i++) {
		ledger_file(pipe->ledger, serial, project->files.names[i]);
	}
}

uint64_t pipe_enter(struct pipe *pipe, struct project *project, enum event_source source,
	uint64_t now, const char *what)
{
	bool joins = project->serial != 0;
	bool leaves = !project->holds && pending_save(&project->pending, now) == PENDING_LEAVES;

	if (joins) {
		pipe_note_files(pipe, project, project->serial);
		ledger_step(pipe->ledger, project->serial, now, STEP_JOINED, NULL, "%s", what);
		if (leaves) {
			return pipe_depart(pipe, project);
		}
		/* What has waited for an output leaves with the burst now, which is sooner. */
		if (!project->holds) {
			pipe_set_timer(pipe);
		}
		return project->serial;
	}
	project->serial = pipe_open(pipe, source, project->root, now, what);
	pipe_note_files(pipe, project, project->serial);
	if (leaves) {
		return pipe_depart(pipe, project);
	}
	if (project->holds) {
		pipe_say_held(pipe, project, now);
	} else {
		pipe_set_timer(pipe);
	}
	return project->serial;
}

bool pipe_take(struct pipe *pipe, struct project *project, const struct pipe_change *change)
{
	content_announce(pipe->contents, change->name, &change->mark);
	if (!intake_lets_pass(project, change->name)) {
		return false;
	}
	fileset_add(&project->files, change->name);
	return true;
}

uint64_t pipe_taken(struct pipe *pipe, struct project *project, enum event_source source,
	size_t more, const char *what)
{
	uint64_t now = clock_now_usec();

	project->files.count += more;
	if (source == EVENT_OUTPUT) {
		await_output(&project->await, now);
	}
	return pipe_enter(pipe, project, source, now, what);
}

uint64_t pipe_changed(struct pipe *pipe, struct project *project, enum event_source source,
	const struct pipe_change *changes, size_t kept, size_t count, const char *what)
{
	size_t passed = 0;

	for (size_t i = 0; i < kept; i++) {
		passed += pipe_take(pipe, project, &changes[i]);
	}
	return kept && !passed && kept == count
		? 0
		: pipe_taken(pipe, project, source, count - kept, what);
}

void pipe_output_unchanged(struct pipe *pipe, struct project *project)
{
	/* With a burst, other files have joined it. */
	bool waits = project->await.due_usec && !project->pending.gathering;

	await_output(&project->await, clock_now_usec());
	if (waits && !project->holds) {
		ledger_close(pipe->ledger, project->serial);
		ledger_step(pipe->ledger, project->serial, clock_now_usec(), STEP_UNCHANGED, NULL,
			"the output is what it was");
		fileset_clear(&project->files);
		project->serial = 0;
	}
}

uint64_t pipe_reload(struct pipe *pipe, struct project *project)
{
	uint64_t serial = pipe_open(pipe, EVENT_RELOAD, project->root, clock_now_usec(), "");

	pipe->cast(project, serial, NULL, pipe->userdata);
	return serial;
}

void pipe_forget(struct pipe *pipe, struct project *project)
{
	if (project->serial) {
		pipe_drop(pipe, project, STEP_NO_PROJECT, "the project was untracked");
	}
}
