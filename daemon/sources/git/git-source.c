/* SPDX-License-Identifier: MIT */
#include "sources/git/git-source.h"

#include <errno.h>
#include <unistd.h>

#include "project/project.h"
#include "sources/git/git-activity.h"
#include "sources/git/git-delivery.h"
#include "sources/git/git-look.h"
#include "util/mem.h"
#include "util/mounts.h"

struct git_source {
	struct git_parts parts;
	struct project *project;
	struct git_dir dir;
	struct watch *watch;
	bool met; /* everything below is known */
	bool gone; /* the git dir was removed */
	int index; /* as it was at the last look; -1: there was none */
	struct git_logs logs;

	/* Since the last look: */
	struct git_activity settle;
	bool rewrote_index;
	bool lock_open; /* the process that made index.lock has it open */
	uint64_t began_nsec; /* wall clock */

	/* when git may have settled, or for the next slice of what was found */
	struct loop_timer *due;
	uint64_t idle_usec; /* wall clock: when git was last seen idle; 0: never */
	bool holding;
	struct looking *looking; /* the look in progress on the worker */
	struct git_delivery delivery; /* of what that look has found */
};

/* A look in progress; the source may be freed before it is done. */
struct looking {
	struct git_source *source; /* NULL: it was freed, and the new index is ours to close */
	struct git_look *look;
	bool log_late; /* HEAD's log was written meanwhile */
};

static void close_fd(int fd)
{
	if (fd >= 0) {
		close(fd);
	}
}

static void source_hold(struct git_source *source, const char *what)
{
	_cleanup_free_ char *why = NULL;

	if (!source->holding) {
		source->holding = true;
		why = mem_printf("git: %s is in progress", what);
		pipeline_hold(source->parts.pipeline, source->project, why);
	}
}

static void source_release(struct git_source *source)
{
	if (source->holding) {
		source->holding = false;
		pipeline_release(source->parts.pipeline, source->project);
	}
}

/* `why` is what is wrong with `what`; NULL: nothing is wrong. */
static void source_problem(struct git_source *source, const char *what, const char *why)
{
	_cleanup_free_ char *problem = why ? mem_printf("%s: %s", what, why) : NULL;

	project_problem_set(source->parts.registry, source->project, "git", problem);
}

/* False: the git dir's mount does not answer; git_source_watch() goes on. */
static bool source_ready(struct git_source *source)
{
	bool ready = mounts_ready(source->dir.path);

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
	source_release(source);
	if (source->settle.busy) {
		loop_timer_set(source->due, clock_now_usec() + GIT_SETTLE_USEC);
	}
}

/*
 * The result of git's command was inspected before git wrote HEAD's log. That line does not
 * belong to what git does next.
 */
static void source_skip_log(struct git_source *source)
{
	struct git_logs logs;

	if (source->looking) {
		source->looking->log_late = true;
		return;
	}
	if (!source_ready(source)) {
		return;
	}
	git_dir_logs(&source->dir, &logs);
	source->logs.head = logs.head;
}

static void source_on_looked(void *userdata)
{
	_cleanup_free_ struct looking *looking = userdata;
	struct git_source *source = looking->source;
	struct git_look *look = looking->look;

	if (!source) {
		close_fd(look->new_fd);
		git_look_free(look);
		return;
	}
	source->looking = NULL;
	source->delivery.look = look;
	source->index = look->new_fd;
	source->logs = look->logs;
	if (looking->log_late) {
		source_skip_log(source);
	}
	if (!source->gone) {
		source_problem(source, "the index", look->why);
	}
	loop_timer_set(source->due, clock_now_usec());
}

static void source_on_look(void *userdata)
{
	struct git_look *look = ((struct looking *)userdata)->look;

	git_look_run(look);
	/* The file is on no disk any more: freeing its megabytes takes milliseconds. */
	if (look->old_fd != look->new_fd) {
		close_fd(look->old_fd);
	}
}

static void source_look(struct git_source *source)
{
	const char *why = NULL;
	int fd = source->rewrote_index ? git_dir_open_index(&source->dir, &why) : source->index;
	struct git_look *look;

	source->settle.busy = false;
	if (fd < -1) {
		source->rewrote_index = false;
		source_problem(source, "the index", why);
		source_release(source);
		return;
	}
	look = git_look_new(&source->dir);
	look->old_fd = source->index;
	look->new_fd = fd;
	look->since = source->logs;
	look->operation.rewrote_index = source->rewrote_index;
	look->operation.began_nsec = source->began_nsec;
	source->rewrote_index = false;
	source->looking = mem_new(struct looking);
	*source->looking = (struct looking){source, look};
	mounts_job(source->parts.loop, source->dir.path, source_on_look, source_on_looked, source->looking);
}

/* The disk has reported every file that git changed: find out only what git did. */
static void source_skip_look(struct git_source *source)
{
	struct git_told told;
	const char *why = NULL;

	git_dir_tell(&source->dir, &source->logs, &told);
	git_dir_logs(&source->dir, &source->logs);
	if (source->rewrote_index) {
		close_fd(source->index);
		source->index = git_dir_open_index(&source->dir, &why);
		source->index = source->index < -1 ? -1 : source->index;
		source->rewrote_index = false;
	}
	source->settle.busy = false;
	source->parts.done(source->project, told.text, source->parts.userdata);
	source_release(source);
}

static struct git_signs source_signs(const struct git_source *source)
{
	struct git_logs logs;

	git_dir_logs(&source->dir, &logs);
	return (struct git_signs){
		.locked = source->lock_open && git_dir_is_locked(&source->dir),
		.stashed = logs.stash != source->logs.stash,
		.stepping = git_dir_stepping(&source->dir),
	};
}

/* Nothing happened for a while, or for too long: has git settled? */
static void source_on_due(void *userdata)
{
	struct git_source *source = userdata;
	uint64_t now = clock_now_usec(), wall = clock_usec(CLOCK_REALTIME), due;
	struct git_signs signs;
	const char *at;

	if (source->delivery.look) {
		source_take(source);
		return;
	}
	if (source->looking || !source->settle.busy) {
		return;
	}
	if (!source_ready(source)) {
		return;
	}
	signs = source_signs(source);
	due = git_activity_due(&source->settle, &signs, now, &at);
	if (at) {
		source_hold(source, at);
	}
	if (due > now) {
		loop_timer_set(source->due, due);
		return;
	}
	source->idle_usec = signs.locked ? 0 : wall;
	if (source->parts.disk_is_whole(source->project, source->parts.userdata)) {
		source_skip_look(source);
	} else {
		source_look(source);
	}
}

static void source_stir(struct git_source *source, bool rewrote_index)
{
	uint64_t now = clock_now_usec();

	if (!source->settle.busy) {
		/* The last look saw everything older; the index may show it once more, later. */
		source->began_nsec =
			git_began_usec(source->idle_usec, clock_usec(CLOCK_REALTIME)) * 1000;
	}
	git_activity_seen(&source->settle, now);
	source->rewrote_index |= rewrote_index;
	if (!source->delivery.look) {
		loop_timer_set(source->due, now + GIT_SETTLE_USEC);
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
		source_release(source);
		source->gone = true;
		/* This comes last: the callee may free this source. */
		source_problem(
			source, source->dir.path, "was removed: savecast still notices saves, but not git commands");
		break;
	case GIT_NOTICE_INDEX:
		source_stir(source, true);
		break;
	case GIT_NOTICE_WORK:
		source_stir(source, false);
		break;
	case GIT_NOTICE_LOG:
		source_skip_log(source);
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
	if (source->looking) {
		source->looking->source = NULL;
	} else {
		close_fd(source->index);
	}
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

bool git_source_works(const struct git_source *source)
{
	return source->settle.busy || source_is_looking(source);
}

bool git_source_is_idle(const struct git_source *source)
{
	return !source->holding && !source->looking;
}

bool git_source_is_gone(const struct git_source *source)
{
	return source->gone;
}

/* Records the state before git does anything: nothing of it is news, however recent it is. */
static void source_meet(struct git_source *source)
{
	uint64_t wall = clock_usec(CLOCK_REALTIME);
	const char *why = NULL;

	source->met = true;
	source->idle_usec = git_dir_is_locked(&source->dir) ? 0 : wall;
	source->index = git_dir_open_index(&source->dir, &why);
	if (source->index < -1) {
		source_problem(source, "the index", why);
		source->index = -1;
	}
	git_dir_logs(&source->dir, &source->logs);
}

void git_source_watch(struct git_source *source)
{
	if (source->watch) {
		if (source->settle.busy && !source_is_looking(source)) {
			loop_timer_set(source->due, clock_now_usec()); /* its mount may answer again */
		}
		return;
	}
	if (!source_ready(source)) {
		return;
	}
	source->watch = watch_new(source->parts.watcher, source->dir.path,
		GIT_NOTICE_MASK, source_on_event, source);
	source_problem(source, source->dir.path, source->watch ? NULL : watch_why(errno));
	if (!source->met) {
		source_meet(source);
	} else if (source->watch) {
		source_stir(source, true);
	}
}

void git_source_settle(struct git_source *source)
{
	if (source->settle.busy || source_is_looking(source)) {
		source_hold(source, "a command");
	}
}
