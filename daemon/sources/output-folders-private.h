/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Shared by output-folders.c (the watched folders and their events) and output-visit.c (finding
 * and reading them).
 */

#include <sys/types.h>

#include "sources/output-folders.h"

struct output_folder {
	struct output_folders *folders;
	char *path;
	bool output; /* otherwise it is only on the path to one */
	bool deep; /* its subfolders are output folders too */
	bool scanned; /* its contents were handled, and those of its subfolders */
	bool past; /* it was moved or removed; its last events have not been read yet */
	dev_t dev;
	ino_t ino;
	struct watch *watch;
	struct output_folder *next;
};

struct output_folders {
	struct watcher *watcher;
	struct project *project;
	struct output_folders_callbacks callbacks;
	void *userdata;
	struct output_folder *first;
	unsigned count, past; /* how many folders are not past, and how many are */
	bool quiet; /* do not report the files that exist */
	bool waits; /* a mount did not answer: something was not read */
	uint64_t since_usec; /* real time: when the files that exist were asked for */
};

void folder_on_event(uint32_t mask, const char *name, void *userdata);
/* Reports a file that a pattern names. */
void folders_tell(
	struct output_folders *folders, enum output_folders_event event, const char *file);
/* A folder at `path` is gone, but its events are still unread: report what was deleted in it. */
void folders_pass(struct output_folders *folders, const char *path);

/*
 * Watches the folder at `path`: with `output` as an output folder, otherwise as one on the path to
 * an output. Reads an output folder that was not watched in this way before.
 */
void folders_visit(struct output_folders *folders, const char *path, bool output, bool deep);
/* Visits the folders of all patterns. */
void folders_visit_all(struct output_folders *folders);
