/* SPDX-License-Identifier: MIT */
#include "pipeline/pipeline-private.h"

#include "util/clock.h"
#include "util/mem.h"

/* Events that are kept while a project is held. */

void pipe_on_build(struct pipe *pipe, pipe_build_fn *told, void *userdata)
{
	pipe->build = told;
	pipe->build_userdata = userdata;
}

void pipe_say_held(struct pipe *pipe, struct project *project, uint64_t now)
{
	ledger_step(pipe->ledger, project->serial, now, STEP_HELD, NULL, "%s",
		project->held_by ? project->held_by : "");
}

void pipe_hold(struct pipe *pipe, struct project *project, const char *why)
{
	project->holds++;
	free(project->held_by);
	project->held_by = mem_strdup(why);
	if (project->serial) {
		pipe_say_held(pipe, project, clock_now_usec());
		pipe_set_timer(pipe);
	}
}

/* Returns whether that was the last hold. */
static bool pipe_let_go(struct project *project)
{
	if (--project->holds) {
		return false;
	}
	free(project->held_by);
	project->held_by = NULL;
	return true;
}

/* Takes the failure; NULL: it went well. */
static void pipe_tell_build(
	struct pipe *pipe, struct project *project, struct build_failure *failure)
{
	bool is_news = failure || project->failure;

	build_failure_free(project->failure);
	project->failure = failure;
	if (is_news && pipe->build) {
		pipe->build(project, pipe->build_userdata);
	}
}

void pipe_release(struct pipe *pipe, struct project *project)
{
	uint64_t now = clock_now_usec();
	const struct event *event;

	if (!pipe_let_go(project)) {
		return;
	}
	event = ledger_find(pipe->ledger, project->serial);
	if (project->serial) {
		pending_depart(&project->pending, now);
		ledger_step(pipe->ledger, project->serial, now, STEP_LEFT, NULL,
			"after %.1f ms, with %zu file%s",
			event ? (double)(now - event->started_usec) / 1000 : 0.0,
			project->files.count, project->files.count == 1 ? "" : "s");
		pipe_depart(pipe, project);
	}
}

void pipe_drop(struct pipe *pipe, struct project *project, enum step_kind kind, const char *why)
{
	for (size_t i = 0; i < project->files.kept; i++) {
		content_forget(pipe->contents, project->files.names[i]);
	}
	ledger_close(pipe->ledger, project->serial);
	ledger_step(pipe->ledger, project->serial, clock_now_usec(), kind, NULL, "%s", why);
	fileset_clear(&project->files);
	project->serial = 0;
	project->await.due_usec = 0;
	pending_depart(&project->pending, clock_now_usec());
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
		if (lines == PIPE_SAID_MAX) {
			break;
		}
	}
	return mem_strndup(from, (size_t)(end - from));
}

/* Each line is a step. */
static void pipe_say(struct pipe *pipe, uint64_t serial, uint64_t now, const char *said)
{
	const char *from = said;

	while (*from) {
		size_t length = strcspn(from, "\n");

		if (length) {
			ledger_step(pipe->ledger, serial, now, STEP_SAID, NULL, "%.*s", (int)length,
				from);
		}
		from += length + (from[length] == '\n');
	}
}

uint64_t pipe_fail(struct pipe *pipe, struct project *project, const char *what, const char *said)
{
	uint64_t now = clock_now_usec();
	uint64_t serial = project->serial;
	struct build_failure *failure = mem_new(struct build_failure);

	if (!serial) {
		serial = pipe_open(pipe, EVENT_BUILD, project->root, now, "");
	}
	*failure = (struct build_failure){serial, mem_strdup(what), said_last(said)};
	pipe_say(pipe, serial, now, failure->said);
	if (project->serial) {
		pipe_drop(pipe, project, STEP_BUILD_FAILED, what);
	} else {
		ledger_close(pipe->ledger, serial);
		ledger_step(pipe->ledger, serial, now, STEP_BUILD_FAILED, NULL, "%s", what);
	}
	pipe_let_go(project);
	pipe_tell_build(pipe, project, failure);
	return serial;
}

void pipe_build_passed(struct pipe *pipe, struct project *project)
{
	pipe_tell_build(pipe, project, NULL);
}
