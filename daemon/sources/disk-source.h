/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The disk as a source of events: whoever writes a file of a project that a tab shows,
 * it counts. The project's own folders are watched from its first tab until
 * DISK_LINGER after its last (see folder-tree.h for which they are).
 *
 * A file is read when it is closed or renamed into place, and compared with what was
 * announced and with what it held when the watch began: bytes decide. What cannot be
 * the whole of a save waits for the rest:
 *
 *   it is written to meanwhile  until it is closed, WRITES_OPEN at most
 *   it is gone                  WRITES_GONE: editors put another one in its place
 *   it is empty and was not     DISK_EMPTY: it was truncated to be written
 *   there was no such file      DISK_NEW: it may be renamed over another one
 *   git is at work              until that is done, and then they are one event
 *
 * An editor's word about the same bytes is the same event, whichever comes first.
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
#define DISK_LINGER_USEC (3 * CLOCK_USEC_PER_SEC)

enum {
	/* At most so many files are read on the loop; more are read by the worker. */
	DISK_LOOP_FILES_MAX = 8,
	DISK_LOOP_BYTES_MAX = 256 * 1024,
	DISK_GONE_FOLDERS_MAX = 256,
};

struct disk_parts {
	struct loop *loop;
	struct watcher *watcher;
	struct registry *registry;
	struct intake *intake;
	struct pipeline *pipeline;
	/* Whether git is at work in the project: then disk_source_git_done() follows. */
	bool (*git_works)(struct project *project, void *userdata);
	void *userdata;
};

struct disk_source;

struct disk_source *disk_source_new(const struct disk_parts *parts, struct project *project);
void disk_source_free(struct disk_source *source);

/* Tells what may be told now. */
void disk_source_tell(struct disk_source *source);
/* What git did is done; `what` it was is the text of the event's first step. */
void disk_source_git_done(struct disk_source *source, const char *what);
/* A hold of the project ends: it lasts until what was written meanwhile is known. */
void disk_source_settle(struct disk_source *source);

/* Whether a write of the file (absolute) would be heard: its folder is watched. */
bool disk_source_hears(const struct disk_source *source, const char *file);
/* All of the project is watched: nothing can be written that is not heard. */
bool disk_source_is_whole(const struct disk_source *source);
