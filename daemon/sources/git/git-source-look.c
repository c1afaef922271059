/* SPDX-License-Identifier: MIT */
#include "sources/git/git-source-private.h"

#include <unistd.h>

#include "project/project.h"
#include "util/mem.h"
#include "util/mounts.h"

/* A look in progress; the source may be freed before it is done. */
struct looking {
	struct git_source *source; /* NULL: it was freed, so the look closes the new index */
	struct git_look *look;
	bool log_late; /* HEAD's log was written meanwhile */
};

static void close_fd(int fd)
{
	if (fd >= 0) {
		close(fd);
	}
}

void git_source_skip_log(struct git_source *source)
{
	struct git_state state;

	if (source->looking) {
		source->looking->log_late = true;
	} else if (git_source_read(source, GIT_STATE_LOGS, &state)) {
		source->logs.head = state.logs.head;
	}
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
		git_source_skip_log(source);
	}
	if (!source->gone) {
		git_source_problem(source, "the index", look->why);
	}
	loop_timer_set(source->due, clock_now_usec());
}

static void source_on_look(void *userdata)
{
	struct git_look *look = ((struct looking *)userdata)->look;

	git_look_run(look);
	/* The old index is deleted: closing it frees its disk space, which takes milliseconds. */
	if (look->old_fd != look->new_fd) {
		close_fd(look->old_fd);
	}
}

void git_source_look(struct git_source *source)
{
	_cleanup_free_ char *far = NULL;
	struct git_state state;
	struct git_look *look;
	int fd = source->index;

	if (source->rewrote_index) {
		if (!git_source_read(source, GIT_STATE_INDEX, &state)) {
			return;
		}
		fd = state.index;
	}
	source->settle.busy = false;
	if (fd < -1) {
		source->rewrote_index = false;
		git_source_problem(source, "the index", state.index_why);
		git_source_release(source);
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
	far = mounts_of(source->dir.path);
	mounts_job(source->parts.loop, far ? source->dir.path : source->dir.top, source_on_look,
		source_on_looked, source->looking);
}

void git_source_skip_look(struct git_source *source)
{
	unsigned index = source->rewrote_index ? GIT_STATE_INDEX : 0;
	struct git_state state;

	if (!git_source_read(source, GIT_STATE_TOLD | GIT_STATE_LOGS | index, &state)) {
		return;
	}
	source->logs = state.logs;
	if (index) {
		close_fd(source->index);
		source->index = state.index < -1 ? -1 : state.index;
		source->rewrote_index = false;
	}
	source->settle.busy = false;
	source->parts.done(source->project, state.told.text, source->parts.userdata);
	git_source_release(source);
}

void git_source_end_look(struct git_source *source)
{
	if (source->looking) {
		source->looking->source = NULL;
	} else {
		close_fd(source->index);
	}
}
