/* SPDX-License-Identifier: MIT */
#include "sources/git/git-source-private.h"

#include <errno.h>

#include "project/project.h"
#include "util/mem.h"
#include "util/mounts.h"

static void source_hold(struct git_source *source, const char *what)
{
	_cleanup_free_ char *why = NULL;

	if (!source->holding) {
		source->holding = true;
		why = mem_printf("git: %s is in progress", what);
		pipeline_hold(source->parts.pipeline, source->project, why);
	}
}

void git_source_release(struct git_source *source)
{
	if (source->holding) {
		source->holding = false;
		pipeline_release(source->parts.pipeline, source->project);
	}
}

void git_source_problem(struct git_source *source, const char *what, const char *why)
{
	_cleanup_free_ char *problem = why ? mem_printf("%s: %s", what, why) : NULL;

	project_problem_set(source->parts.registry, source->project, PROJECT_PART_GIT, problem);
}

bool git_source_read(struct git_source *source, unsigned parts, struct git_state *state)
{
	return git_state_read(state, source->project, &source->dir, parts, &source->logs);
}

bool git_source_ready(struct git_source *source)
{
	bool ready = mounts_ready(source->dir.path) && mounts_ready(source->dir.top);

	source->project->unread |= !ready;
	return ready;
}

static bool source_is_looking(const struct git_source *source)
{
	return source->looking || source->delivery.look;
}

/*
 * Called only by its timer, so that each turn of the loop has one slice; after the last
 * slice, the hold ends.
 */
static void source_take(struct git_source *source)
{
	struct git_look *look;

	if (git_delivery_next(&source->delivery, source->project, source->parts.registry,
		    source->parts.pipeline)) {
		source_hold(source, "a command");
		loop_timer_set(source->due, clock_now_usec());
		return;
	}
	look = source->delivery.look;
	source->delivery = (struct git_delivery){0};
	source->parts.done(source->project, look->told.text, source->parts.userdata);
	git_look_free(look);
	git_source_release(source);
	if (source->settle.busy) {
		loop_timer_set(source->due, git_activity_quiet(&source->settle));
	}
}

static bool source_signs(struct git_source *source, struct git_signs *signs)
{
	unsigned locked = source->lock_open ? GIT_STATE_LOCKED : 0;
	struct git_state state;

	if (!git_source_read(source, GIT_STATE_LOGS | GIT_STATE_STEPPING | locked, &state)) {
		return false;
	}
	*signs = (struct git_signs){
		.locked = state.locked,
		.stashed = state.logs.stash != source->logs.stash,
		.work = source->process.work,
		.what = source->process.work ? source->process.what : state.stepping,
	};
	return true;
}

/* Checks whether git has settled: nothing happened for a while, or it has taken too long. */
static void source_on_due(void *userdata)
{
	struct git_source *source = userdata;
	uint64_t now = clock_now_usec(), idle = clock_usec(GIT_FILE_CLOCK), due;
	struct git_signs signs;
	const char *at;

	source->sign_waits = false;
	if (source->delivery.look) {
		source_take(source);
		return;
	}
	if (source->looking || !source->settle.busy || !source->is_recorded ||
		!git_source_ready(source)) {
		return;
	}
	if (now >= git_activity_quiet(&source->settle) && !git_source_ask(source)) {
		return;
	}
	if (!source_signs(source, &signs)) {
		return;
	}
	due = git_activity_due(&source->settle, &signs, now, &at);
	if (at) {
		source_hold(source, at);
	} else if (due > now && signs.work) {
		git_source_release(source);
	}
	if (due > now) {
		loop_timer_set(source->due, due);
		source->parts.paused(source->project, source->parts.userdata);
		return;
	}
	source->idle_usec = signs.locked ? 0 : idle;
	if (source->parts.disk_is_whole(source->project, source->parts.userdata)) {
		git_source_skip_look(source);
	} else {
		git_source_look(source);
	}
}

static void source_note_activity(struct git_source *source, bool rewrote_index)
{
	uint64_t now = clock_now_usec();

	if (!source->settle.busy) {
		/* The last look included everything older, which the index may show again later. */
		source->began_nsec =
			git_began_usec(source->idle_usec, clock_usec(CLOCK_REALTIME)) * 1000;
	}
	git_activity_seen(&source->settle, now);
	/* Signs that have not stopped for too long are asked about once. */
	source->asked &= now >= git_activity_quiet(&source->settle);
	source->rewrote_index |= rewrote_index;
	/* A sign does not put off the timer of the one before: it holds the project if they go on. */
	if (!source->delivery.look && !source->sign_waits) {
		source->sign_waits = true;
		loop_timer_set(source->due, git_activity_quiet(&source->settle));
	}
}

static void source_on_event(uint32_t mask, const char *name, void *userdata)
{
	struct git_source *source = userdata;

	if (strcmp(name, "index.lock") == 0) {
		source->lock_open = mask & IN_CREATE;
	}
	switch (git_notice_of(mask, name, source->settle.busy)) {
	case GIT_NOTICE_NONE:
		break;
	case GIT_NOTICE_GONE:
		git_source_release(source);
		source->gone = true;
		/* This comes last: the callee may free this source. */
		git_source_problem(
			source, source->dir.path, "was removed: savecast still notices saves, but not git commands");
		break;
	case GIT_NOTICE_INDEX:
		source_note_activity(source, true);
		break;
	case GIT_NOTICE_WORK:
		source_note_activity(source, false);
		break;
	case GIT_NOTICE_LOG:
		git_source_skip_log(source);
		break;
	}
}

struct git_source *git_source_new(
	const struct git_parts *parts, struct project *project, const struct git_dir *dir)
{
	struct git_source *source = mem_new(struct git_source);

	*source =
		(struct git_source){.parts = *parts, .project = project, .dir = *dir, .index = -1};
	source->due = loop_timer_new(parts->loop, source_on_due, source);
	return source;
}

void git_source_free(struct git_source *source)
{
	git_source_end_ask(source);
	git_source_end_look(source);
	git_look_free(source->delivery.look);
	watch_free(source->watch);
	loop_timer_free(source->due);
	git_dir_clear(&source->dir);
	free(source);
}

struct project *git_source_project(const struct git_source *source)
{
	return source->project;
}

uint64_t git_source_until(const struct git_source *source)
{
	struct git_signs signs = {.locked = source->lock_open, .work = source->process.work};

	if (source_is_looking(source)) {
		return CLOCK_NEVER;
	}
	return source->settle.busy
		? git_activity_pause(&source->settle, &signs, clock_now_usec())
		: 0;
}

bool git_source_is_idle(const struct git_source *source)
{
	return !source->holding && !source->looking;
}

bool git_source_is_gone(const struct git_source *source)
{
	return source->gone;
}

/* Records the state before any git command: none of it is announced, however recent it is. */
static void source_record_state(struct git_source *source)
{
	uint64_t idle = clock_usec(GIT_FILE_CLOCK);
	struct git_state state;

	if (!git_source_read(
		    source, GIT_STATE_LOCKED | GIT_STATE_INDEX | GIT_STATE_LOGS, &state)) {
		return;
	}
	source->is_recorded = true;
	source->settle.busy = false;
	source->idle_usec = state.locked ? 0 : idle;
	source->index = state.index < -1 ? -1 : state.index;
	source->logs = state.logs;
	if (state.index < -1) {
		git_source_problem(source, "the index", state.index_why);
	}
}

void git_source_watch(struct git_source *source)
{
	bool watched = source->watch;

	if (watched && source->is_recorded) {
		if (source->settle.busy && !source_is_looking(source)) {
			loop_timer_set(source->due, clock_now_usec()); /* its mount may answer again */
		}
		return;
	}
	if (!git_source_ready(source)) {
		return;
	}
	if (!watched) {
		source->watch = watch_new(source->parts.watcher, source->dir.path, GIT_NOTICE_MASK,
			source_on_event, source);
		if (!source->watch && errno == EAGAIN) {
			source->project->unread = true;
			return;
		}
		git_source_problem(
			source, source->dir.path, source->watch ? NULL : watch_why(errno));
	}
	if (!source->is_recorded) {
		source_record_state(source);
	} else if (source->watch) {
		source_note_activity(source, true);
	}
}

void git_source_settle(struct git_source *source)
{
	if ((source->settle.busy && !git_source_has_process(source)) ||
		source_is_looking(source)) {
		source_hold(source, "a command");
	}
}
