/* SPDX-License-Identifier: MIT */
#include "pipe/pipe.h"

#include "base/clock.h"
#include "base/mem.h"

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

	fileset_clear(&project->files);
	project->serial = 0;
	pipe->cast(project, serial, pipe->userdata);
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

/* The files of one call that make one event. */
struct part {
	struct project *project; /* NULL: they are in none */
	char *why;		 /* nothing comes of them: why the first is so; else NULL */
	size_t count;
	size_t kept;
	char *names[LEDGER_FILES_MAX];
};

struct call {
	struct part *parts;
	size_t count;
};

static struct part *call_part(struct call *call, struct project *project, const char *why)
{
	struct part *part;

	for (size_t i = call->count; i-- > 0;) {
		part = &call->parts[i];
		if (part->project == project && !part->why == !why) {
			return part;
		}
	}
	call->parts = mem_resize(call->parts, call->count + 1, sizeof *call->parts);
	part = &call->parts[call->count++];
	*part = (struct part){.project = project, .why = why ? mem_strdup(why) : NULL};
	return part;
}

/* A file that nothing comes of. */
static void call_pass_over(
	struct call *call, struct project *project, const char *file, const char *why)
{
	struct part *part = call_part(call, project, why);

	part->count++;
	if (part->kept < LEDGER_FILES_MAX) {
		part->names[part->kept++] = mem_strdup(file);
	}
}

static void call_take(struct call *call, struct intake *intake, const char *name)
{
	struct claims claims;

	intake_claim(intake, name, &claims);
	for (size_t i = 0; i < claims.count; i++) {
		struct project *project = claims.items[i].project;
		const char *ignored = claims.items[i].verdict.ignored;

		if (ignored) {
			call_pass_over(call, project, claims.file, ignored);
		} else {
			fileset_add(&project->files, claims.file);
			call_part(call, project, NULL);
		}
	}
	if (!claims.count) {
		call_pass_over(call, NULL, claims.file, claims.why);
	}
	claims_clear(&claims);
}

static uint64_t pipe_passed_over(struct pipe *pipe, struct part *part, uint64_t now)
{
	uint64_t serial = pipe_open(
		pipe, EVENT_SAVE, part->project ? part->project->root : NULL, now);

	for (size_t i = 0; i < part->count; i++) {
		ledger_file(pipe->ledger, serial, part->names[i < part->kept ? i : 0]);
	}
	ledger_close(pipe->ledger, serial);
	ledger_step(pipe->ledger, serial, now, part->project ? STEP_IGNORED : STEP_NO_PROJECT,
		NULL, "%s", part->why);
	for (size_t i = 0; i < part->kept; i++) {
		free(part->names[i]);
	}
	free(part->why);
	return serial;
}

uint64_t pipe_saved(struct pipe *pipe, char *const *names, size_t count)
{
	struct call call = {0};
	uint64_t now = clock_now_usec();
	uint64_t first = 0;

	for (size_t i = 0; i < count; i++) {
		call_take(&call, pipe->intake, names[i]);
	}
	intake_finish(pipe->intake);
	for (size_t i = 0; i < call.count; i++) {
		struct part *part = &call.parts[i];
		uint64_t serial = part->why ? pipe_passed_over(pipe, part, now)
					    : pipe_project_saved(pipe, part->project, now);

		first = first ? first : serial;
	}
	free(call.parts);
	return first;
}

uint64_t pipe_reload(struct pipe *pipe, struct project *project)
{
	uint64_t serial = pipe_open(pipe, EVENT_RELOAD, project->root, clock_now_usec());

	pipe->cast(project, serial, pipe->userdata);
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
