/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Shared by disk-source.c (when to read written files), disk-read.c (reads and announces them) and
 * disk-judge.c (decides which have changed).
 */

#include "pipeline/fileset.h"
#include "sources/disk-source.h"
#include "sources/folder-tree.h"
#include "sources/linked-files.h"
#include "sources/unclosed.h"
#include "sources/writes.h"

struct disk_source {
	struct disk_parts parts;
	struct project *project;
	char *root; /* the project's, or an included folder: */
	bool included, deep; /* deep: with the folders in it */
	struct folder_tree *tree;
	struct file_table table;
	struct writes writes;
	struct unclosed unclosed;
	struct linked_files linked;
	struct loop_timer *due;
	struct reading *reading; /* files that are being read on the worker thread */
	uint64_t from_usec; /* earlier writes are not read now: see git_until() */
	bool holding;
	bool deferred; /* disk_source_tell() waits until all events have been delivered */
	bool limited; /* a part of the project is not watched */
	struct fileset moved_folders; /* moved out of the project, and not yet announced */
	/* announced as removed: the names of files in them are not known */
	struct fileset gone_folders;
	uint64_t told_usec; /* the last announcement */
	unsigned streak; /* announcements in a row that were each followed by a write */
	size_t gone; /* deleted files with unknown names */
	uint64_t gone_usec; /* when a file or folder was last deleted or moved away */
	char *git; /* the text of git's command while its files are being read; or NULL */
};

/* Whether the rules accept a changed file. */
bool disk_source_wants(const struct disk_source *source, const char *file, bool ask_git);
/* Sets the timer for the next files that are due. */
void disk_source_schedule(struct disk_source *source);
/* Ends the project's hold when everything that was written has been read. */
void disk_source_release(struct disk_source *source);

/* Records the file's contents in the project's table. */
void disk_source_note(
	struct disk_source *source, const char *name, const struct content_mark *mark, bool ignored);

enum judgement { JUDGED_CHANGED, JUDGED_SAME, JUDGED_WAIT };

/* Whether the file, which was read after this write, has changed. JUDGED_WAIT: look again at `until`. */
enum judgement disk_source_judge(struct disk_source *source, const struct pipeline_change *change,
	struct write *write, uint64_t *until);

/* Reads a few files on the loop and announces them; false: too many, or too large. */
bool disk_source_read_now(struct disk_source *source, uint64_t now);
/* Reads them on the worker thread. */
void disk_source_read(struct disk_source *source, uint64_t now);
/*
 * A folder is gone with all files in it, whose names are not known; missed: it had come, but was never
 * watched. In disk-read.c.
 */
void disk_source_folder_gone(struct disk_source *source, const char *folder, bool missed);
/* The source is freed: files that are being read are not announced. */
void reading_forget(struct reading *reading);
