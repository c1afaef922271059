/* SPDX-License-Identifier: MIT */
#include "pipe/pipe.h"

#include "base/clock.h"
#include "base/mem.h"
#include "pipe/passed.h"

struct pipe {
	struct loop *loop;
	struct registry *registry;
	struct intake *intake;
	struct ledger *ledger;
	pipe_cast_fn *cast;
	void *userdata;
	struct loop_timer *due; /* the first departure of what waits */
};

static void pipe_depart(struct pipe *pipe, struct project *project)
{
	uint64_t serial = project->serial;

	project->serial = 0;
	pipe->cast(project, serial, &project->files, pipe->userdata);
	fileset_clear(&project->files);
}

static void pipe_set_timer(struct pipe *pipe)
{
	uint64_t first = CLOCK_NEVER;

	for (size_t i = 0; i < registry_count(pipe->registry); i++) {
		uint64_t due = pending_due(&registry_at(pipe->registry, i)->pending);

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

		if (pending_due(&project->pending) <= now) {
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
	};
	pipe->due = loop_timer_new(loop, pipe_on_due, pipe);
	return pipe;
}

void pipe_free(struct pipe *pipe)
{
	if (pipe) {
		loop_timer_free(pipe->due);
		free(pipe);
	}
}

static uint64_t pipe_open(
	struct pipe *pipe, enum event_source source, const char *root, uint64_t now)
{
	uint64_t serial =
		ledger_open(pipe->ledger, source, root, now, clock_usec(CLOCK_REALTIME));

	ledger_step(pipe->ledger, serial, now, STEP_HEARD, NULL, "%s", "");
	return serial;
}

/* The files of the event that the ledger does not know yet. */
static void pipe_note_files(struct pipe *pipe, const struct project *project, uint64_t serial)
{
	const struct event *event = ledger_find(pipe->ledger, serial);

	for (size_t i = event ? event->file_count : SIZE_MAX; i < project->files.kept; i++) {
		ledger_file(pipe->ledger, serial, project->files.names[i]);
	}
}

/* The project's files have grown by one call; returns their event. */
static uint64_t pipe_project_saved(struct pipe *pipe, struct project *project, uint64_t now)
{
	uint64_t serial = project->serial;

	switch (pending_save(&project->pending, now)) {
	case PENDING_LEAVES:
		project->serial = serial = pipe_open(pipe, EVENT_SAVE, project->root, now);
		pipe_note_files(pipe, project, serial);
		pipe_depart(pipe, project);
		break;
	case PENDING_OPENS:
		project->serial = serial = pipe_open(pipe, EVENT_SAVE, project->root, now);
		pipe_note_files(pipe, project, serial);
		pipe_set_timer(pipe);
		break;
	case PENDING_JOINS:
		pipe_note_files(pipe, project, serial);
		ledger_step(pipe->ledger, serial, now, STEP_JOINED, NULL, "%s", "");
		break; /* the timer finds out that it must wait longer */
	}
	return serial;
}

/* The files of one call, sorted by project. */
struct call {
	struct project **projects; /* NULL stands for "none" */
	size_t count;
	char *homeless_why; /* why the first homeless file is so */
	size_t homeless;
	size_t homeless_kept;
	char *homeless_names[LEDGER_FILES_MAX];
	struct passed passed; /* ignored */
};

static void call_add(struct call *call, struct project *project)
{
	for (size_t i = call->count; i-- > 0;) {
		if (call->projects[i] == project) {
			return;
		}
	}
	call->projects = mem_resize(call->projects, call->count + 1, sizeof *call->projects);
	call->projects[call->count++] = project;
}

static void call_take(struct call *call, struct intake *intake, const char *name)
{
	struct claims claims;

	intake_claim(intake, name, &claims);
	for (size_t i = 0; i < claims.count; i++) {
		struct project *project = claims.items[i].project;
		const char *ignored = claims.items[i].verdict.ignored;

		if (ignored) {
			passed_add(&call->passed, project, claims.file, ignored);
		} else {
			fileset_add(&project->files, claims.file);
			call_add(call, project);
		}
	}
	if (!claims.count) {
		if (!call->homeless++) {
			call->homeless_why = mem_steal(claims.why);
		}
		if (call->homeless_kept < LEDGER_FILES_MAX) {
			call->homeless_names[call->homeless_kept++] = mem_steal(claims.file);
		}
		call_add(call, NULL);
	}
	claims_clear(&claims);
}

static uint64_t pipe_homeless_saved(struct pipe *pipe, struct call *call, uint64_t now)
{
	uint64_t serial = pipe_open(pipe, EVENT_SAVE, NULL, now);

	for (size_t i = 0; i < call->homeless_kept; i++) {
		ledger_file(pipe->ledger, serial, call->homeless_names[i]);
		free(call->homeless_names[i]);
	}
	ledger_close(pipe->ledger, serial);
	ledger_step(pipe->ledger, serial, now, STEP_NO_PROJECT, NULL, "%s", call->homeless_why);
	free(call->homeless_why);
	return serial;
}

uint64_t pipe_saved(struct pipe *pipe, char *const *names, size_t count)
{
	struct call call = {0};
	uint64_t now = clock_now_usec();
	uint64_t first = 0, ignored;

	for (size_t i = 0; i < count; i++) {
		call_take(&call, pipe->intake, names[i]);
	}
	intake_finish(pipe->intake);
	for (size_t i = 0; i < call.count; i++) {
		uint64_t serial = call.projects[i]
			? pipe_project_saved(pipe, call.projects[i], now)
			: pipe_homeless_saved(pipe, &call, now);

		first = first ? first : serial;
	}
	free(call.projects);
	ignored = passed_tell(&call.passed, pipe->ledger, now);
	return first ? first : ignored;
}

uint64_t pipe_reload(struct pipe *pipe, struct project *project)
{
	uint64_t serial = pipe_open(pipe, EVENT_RELOAD, project->root, clock_now_usec());

	pipe->cast(project, serial, NULL, pipe->userdata);
	return serial;
}

void pipe_forget(struct pipe *pipe, struct project *project)
{
	if (project->serial) {
		ledger_close(pipe->ledger, project->serial);
		ledger_step(pipe->ledger, project->serial, clock_now_usec(), STEP_NO_PROJECT, NULL,
			"the project was untracked");
		project->serial = 0;
	}
}
