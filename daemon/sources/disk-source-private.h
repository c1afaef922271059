/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Shared by disk-source.c (when to read what was written) and disk-read.c (reading it, and
 * deciding which files have changed).
 */

#include "pipeline/fileset.h"
#include "sources/disk-source.h"
#include "sources/folder-tree.h"
#include "sources/writes.h"

struct disk_source {
	struct disk_parts parts;
	struct project *project;
	struct folder_tree *tree;
	struct file_table table;
	struct writes writes;
	struct loop_timer *due;
	struct reading *reading; /* what was written is being read on the worker */
	bool holding;
	bool limited; /* a part of the project is not watched */
	struct fileset moved_folders; /* moved away, and not yet announced */
	/* announced to be gone: nothing is known about files in them */
	struct fileset gone_folders;
	uint64_t told_usec; /* the last announcement */
	unsigned streak; /* announcements after each of which a write followed at once */
	size_t gone; /* deleted files with unknown names */
	char *git; /* what git did, while its files are being read; or NULL */
};

/* Sets the timer for the next files that are due. */
void disk_source_schedule(struct disk_source *source);
/* Ends the project's hold when everything that was written has been read. */
void disk_source_let_go(struct disk_source *source);

/* Reads a few files at once and announces them; false: they are too many, or too large. */
bool disk_source_read_now(struct disk_source *source, uint64_t now);
/* Reads them on the worker thread. */
void disk_source_read(struct disk_source *source, uint64_t now);
/* The source is freed: what is being read is not announced. */
void reading_forget(struct reading *reading);
