/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Decides when git has finished, which is called settled here. Only then is its result
 * inspected, so that one command, or one rebase, is one event. Pure: time is an argument.
 *
 *   GIT_SETTLE passes        without a sign: a single command often writes the index three times.
 *                            Signs that go on for longer are work in progress, for at most
 *                            GIT_SIGNS_MAX
 *   the stash changed        GIT_STASH: that command is several
 *   index.lock is open       git is working; wait until it is closed, at most GIT_LOCK_MAX.
 *                            One that is closed is left behind by a git that was killed, or
 *                            kept while the user writes a commit message
 *   a process works          a hook, or a command of many steps (git-process.h): wait for its
 *                            end, at most GIT_HOOK_MAX or GIT_STEPS_MAX
 *
 * A command of many steps that gives no sign for GIT_PAUSE runs a test or waits for an
 * editor: what users save meanwhile does not wait for its end.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sources/git/git-process.h"
#include "util/clock.h"

#define GIT_SETTLE_USEC (60 * CLOCK_USEC_PER_MSEC)
#define GIT_STASH_USEC (240 * CLOCK_USEC_PER_MSEC)
#define GIT_LOCK_MAX_USEC (120 * CLOCK_USEC_PER_SEC)
#define GIT_SIGNS_MAX_USEC (60 * CLOCK_USEC_PER_SEC) /* of signs without a pause */
#define GIT_STEPS_MAX_USEC (10 * 60 * CLOCK_USEC_PER_SEC)
#define GIT_HOOK_MAX_USEC (60 * CLOCK_USEC_PER_SEC)
#define GIT_PAUSE_USEC (300 * CLOCK_USEC_PER_MSEC)

/* Zeroed: git is idle. */
struct git_activity {
	bool busy; /* there were signs of activity; the first and the last: */
	uint64_t first_usec, last_usec; /* monotonic */
};

/* What the git dir shows. */
struct git_signs {
	bool locked;
	bool stashed; /* the stash has changed since the last look */
	enum git_work work; /* what a process does */
	const char *what; /* its name, or that of the operation; NULL: it is not known */
};

/* A sign of activity. */
void git_activity_seen(struct git_activity *activity, uint64_t now_usec);

/* When to ask: git may be quiet by then, or has given signs without a pause for long enough. */
uint64_t git_activity_quiet(const struct git_activity *activity);

/*
 * Files that are written after this time are not git's, because git pauses. CLOCK_NEVER: all may be
 * git's.
 */
uint64_t git_activity_pause(const struct git_activity *activity, const struct git_signs *signs,
	uint64_t now_usec);

/*
 * When to call it again; `now_usec` or earlier if git has settled, or has not settled for too
 * long. `at` is set to the operation that is in progress, during which the project must not be
 * reloaded; NULL if there is none, or if git pauses.
 */
uint64_t git_activity_due(const struct git_activity *activity, const struct git_signs *signs,
	uint64_t now_usec, const char **at);

/*
 * When git began its command: newer files may have been written by it. Pure: times are
 * arguments, in microseconds of the wall clock, like file times.
 *
 * inotify reports what happened in the git dir, but not when. So we only know the last time at
 * which git was idle, and the time of the report.
 */

/*
 * How late a report may come on a busy machine: 26 ms were measured at ten times the load that
 * the processors can handle, and a machine without free memory stops for seconds. If this is
 * too long, a file that another program rewrote unchanged shortly before becomes an event. If
 * it is too short, files that git restored are missed.
 */
#define GIT_LATE_USEC (5 * CLOCK_USEC_PER_SEC)

/*
 * The clock of file times, which is up to 10 ms late: a file that is written after this call is not
 * older than its result.
 */
#define GIT_FILE_CLOCK CLOCK_REALTIME_COARSE

/*
 * If git's activity is reported at `now_usec`, none of the files that it writes is older than
 * this. `idle_usec` is when git was last seen idle, by GIT_FILE_CLOCK; 0: never.
 */
uint64_t git_began_usec(uint64_t idle_usec, uint64_t now_usec);

/* What a change in the git dir means, as inotify reports it. Pure. */

/* The inotify events to watch for. */
#define GIT_NOTICE_MASK (IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_CLOSE_WRITE)

enum git_notice {
	GIT_NOTICE_NONE,
	GIT_NOTICE_GONE, /* the git dir was removed */
	GIT_NOTICE_INDEX, /* the index was replaced or removed, or the report of that was lost */
	GIT_NOTICE_WORK, /* git is working, and the index has not changed yet */
	GIT_NOTICE_LOG, /* HEAD's log got a line, which is the last thing that a command writes */
};

/* `busy`: git has been active and has not settled since. `name` is a file in the git dir. */
enum git_notice git_notice_of(uint32_t mask, const char *name, bool busy);
