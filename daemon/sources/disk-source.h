/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The disk as a source of events: while a tab shows the project, a file counts as saved when
 * any program writes it. The project's folders are watched from its first tab until
 * DISK_LINGER after its last tab (folder-tree.h says which folders).
 *
 * A file is read when it is closed or renamed into place, and compared with its contents when
 * it was announced or when the watch began: only changed bytes count. A change that may be
 * only the first half of a save waits for the second half:
 *
 *   the file is being written         until it is closed, at most WRITES_OPEN; if it is not closed
 *                                     within UNCLOSED_WAIT and no program has it open, it was
 *                                     truncated without being opened
 *   the file was deleted              WRITES_GONE: editors put another one in its place
 *   it is empty and was not before    DISK_EMPTY: it was truncated to be written
 *   the file did not exist before     DISK_NEW: it may be renamed over another one; if another one was
 *                                     deleted at about the same time, as long as that waits: a
 *                                     rename is one event
 *   git is working                    until git is done; then all is one event
 *                                     (files that are written while git pauses do not wait, see
 *                                     git-activity.h)
 *
 * Not noticed: what a program writes into a file as long as it has the file open or mapped into
 * memory; what is written by another name of a file, a hard link, outside the watched folders, beyond
 * the limit of linked-files.h or if that name was made after the file was read; truncate(2) of a file that belongs to another user, because the kernel does not tell us who
 * has that open, or of a file that another program has open for writing, until it is closed.
 *
 * A program that writes all the time, or a server that writes a file whenever its page loads,
 * would reload the tabs again and again. So after DISK_STREAK_MAX announcements, each followed
 * by a change within DISK_STREAK_END, the next ones wait, first for DISK_STREAK, later for up
 * to DISK_STREAK_WAIT. Saves that an editor reports do not wait.
 *
 * If an editor reports the same bytes, it is the same event, in whichever order the reports
 * come.
 */

#include "sources/git/git-source.h"
#include "util/clock.h"
#include "util/loop.h"
#include "pipeline/intake.h"
#include "pipeline/pipeline.h"
#include "project/project.h"
#include "sources/watcher.h"

#define DISK_EMPTY_USEC (150 * CLOCK_USEC_PER_MSEC)
#define DISK_NEW_USEC (100 * CLOCK_USEC_PER_MSEC)
#define DISK_STREAK_USEC (100 * CLOCK_USEC_PER_MSEC)
#define DISK_STREAK_WAIT_USEC (2 * CLOCK_USEC_PER_SEC)
/* A folder that came and went was there at most this long before it is noticed. */
#define DISK_MISSED_USEC CLOCK_USEC_PER_SEC
#define DISK_STREAK_END_USEC (1 * CLOCK_USEC_PER_SEC)
#define DISK_LINGER_USEC (3 * CLOCK_USEC_PER_SEC)

enum {
	/* At most this many files are read on the loop; the worker reads more. */
	DISK_LOOP_FILES_MAX = 8,
	DISK_LOOP_BYTES_MAX = 256 * 1024,
	DISK_GONE_FOLDERS_MAX = 256,
	DISK_STREAK_MAX = 12,
};

struct disk_parts {
	struct loop *loop;
	struct watcher *watcher;
	struct registry *registry;
	struct intake *intake;
	struct pipeline *pipeline;
	/*
	 * Files written before this time may be the work of a git command that is still
	 * running; disk_source_git_done() follows when it ends. 0: git is not working;
	 * CLOCK_NEVER: all files may be its work.
	 */
	uint64_t (*git_until)(struct project *project, void *userdata);
	void *userdata;
};

struct disk_source;

/*
 * `included` is the absolute path of a folder outside the project with files that savecast.include
 * names; `deep`: whether they may also be in folders below it. NULL: the source is for the
 * project's own files.
 */
struct disk_source *disk_source_new(
	const struct disk_parts *parts, struct project *project, const char *included, bool deep);
void disk_source_free(struct disk_source *source);

/* Announces the changes that are due now. */
void disk_source_tell(struct disk_source *source);
/* The next announcement does not wait. */
void disk_source_end_streak(struct disk_source *source);
/* git is done; `what` it did is the text of the event's first step. */
void disk_source_git_done(struct disk_source *source, const char *what);
/* A hold of the project ends: prolongs it until the files written meanwhile have been read. */
void disk_source_settle(struct disk_source *source);
/* A mount answers, which may be below its root. */
void disk_source_mount_answers(struct disk_source *source, const char *mount);

/* Something was mounted or unmounted at `name`, which may be below its root. */
void disk_source_mount_changed(struct disk_source *source, const char *name);
/* Whether a write of the file (absolute) would be noticed, because its folder is watched. */
bool disk_source_notices(const struct disk_source *source, const char *file);
/*
 * Whether the source is for an included folder that is or contains `folder`; if `deep`, also all
 * folders in that.
 */
bool disk_source_covers(const struct disk_source *source, const char *folder, bool deep);
/* Whether the whole project is watched, so that every write is noticed. */
bool disk_source_is_whole(const struct disk_source *source);
