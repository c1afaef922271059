/* SPDX-License-Identifier: MIT */
#include "sources/git/git-activity.h"

#include <stddef.h>
#include <string.h>
#include <sys/inotify.h>

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void git_activity_seen(struct git_activity *activity, uint64_t now_usec)
{
	activity->last_usec = now_usec;
	if (!activity->busy) {
		activity->busy = true;
		activity->first_usec = now_usec;
	}
}

uint64_t git_activity_quiet(const struct git_activity *activity)
{
	return earlier(
		activity->last_usec + GIT_SETTLE_USEC, activity->first_usec + GIT_SIGNS_MAX_USEC);
}

/* Whether the signs have gone on for longer than a single command's. */
static bool is_working(const struct git_activity *activity, const struct git_signs *signs)
{
	return activity->last_usec >= activity->first_usec + GIT_SETTLE_USEC &&
		signs->work != GIT_WORK_HOOK;
}

uint64_t git_activity_due(const struct git_activity *activity, const struct git_signs *signs,
	uint64_t now_usec, const char **at)
{
	uint64_t most = activity->first_usec + GIT_SIGNS_MAX_USEC;
	uint64_t quiet = activity->last_usec + (signs->stashed ? GIT_STASH_USEC : GIT_SETTLE_USEC);
	uint64_t locked = activity->last_usec + GIT_LOCK_MAX_USEC;
	uint64_t pause = activity->last_usec + GIT_PAUSE_USEC;
	uint64_t end = activity->first_usec +
		(signs->work == GIT_WORK_HOOK ? GIT_HOOK_MAX_USEC : GIT_STEPS_MAX_USEC);

	*at = NULL;
	if (now_usec < earlier(quiet, most)) {
		if (is_working(activity, signs)) {
			*at = signs->what ? signs->what : "a command";
		}
		return earlier(quiet, most);
	}
	if (signs->locked && now_usec < locked) {
		*at = "a command";
		return locked;
	}
	if (!signs->work || now_usec >= end) {
		return now_usec;
	}
	if (signs->work == GIT_WORK_STEPS && now_usec < pause) {
		*at = signs->what;
		return pause;
	}
	return end;
}

uint64_t git_activity_pause(
	const struct git_activity *activity, const struct git_signs *signs, uint64_t now_usec)
{
	bool pauses = signs->work == GIT_WORK_STEPS && !signs->locked &&
		now_usec >= activity->last_usec + GIT_PAUSE_USEC;

	/* git writes the index after the files. */
	return pauses ? activity->last_usec : CLOCK_NEVER;
}

uint64_t git_began_usec(uint64_t idle_usec, uint64_t now_usec)
{
	uint64_t late = now_usec - GIT_LATE_USEC;

	/* If the idle time is after now, the clock was set back. */
	return idle_usec > late && idle_usec <= now_usec ? idle_usec : late;
}

/* Exists while git works, or between two steps of its work. */
static bool is_of_work(const char *name)
{
	return strcmp(name, "index.lock") == 0 || strcmp(name, "rebase-merge") == 0 ||
		strcmp(name, "rebase-apply") == 0 || strcmp(name, "sequencer") == 0;
}

/*
 * A stash pop restores untracked files after it has written the index, with a second index
 * that it removes when the files are there.
 */
static bool is_end_of_untracked(uint32_t mask, const char *name)
{
	return mask & IN_DELETE && strncmp(name, "index.stash.", strlen("index.stash.")) == 0;
}

enum git_notice git_notice_of(uint32_t mask, const char *name, bool busy)
{
	if (mask & IN_IGNORED) {
		return GIT_NOTICE_GONE;
	}
	/*
	 * Also if the index was deleted: our descriptor of it would keep the folder from
	 * disappearing.
	 */
	if (mask & IN_Q_OVERFLOW ||
		(mask & (IN_MOVED_TO | IN_DELETE) && strcmp(name, "index") == 0)) {
		return GIT_NOTICE_INDEX;
	}
	if (mask & IN_CLOSE_WRITE && !is_of_work(name)) {
		return GIT_NOTICE_NONE;
	}
	if (busy || is_of_work(name) || is_end_of_untracked(mask, name)) {
		return GIT_NOTICE_WORK;
	}
	if (strcmp(name, "HEAD") == 0 || (mask & IN_DELETE && strcmp(name, "HEAD.lock") == 0)) {
		return GIT_NOTICE_LOG;
	}
	return GIT_NOTICE_NONE;
}
