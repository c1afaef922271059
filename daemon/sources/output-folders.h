/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Watches the folders of a project's outputs: those that patterns name, all folders below if a
 * pattern requires it, and the path from the root to them, so that a folder which is created,
 * removed or replaced later is noticed.
 */

#include <stdbool.h>

#include "project/project.h"
#include "sources/watcher.h"

enum { OUTPUT_FOLDERS_MAX = 1024 };

struct output_folders;

enum output_folders_event {
	FOLDERS_BEGUN, /* the file is being written */
	FOLDERS_WRITTEN, /* it is complete: closed, or moved into place */
	FOLDERS_GONE, /* deleted, or moved away */
	FOLDERS_FOUND, /* it was there when the watch began */
	FOLDERS_LOST, /* events were lost; existing files are reported as written */
};

struct output_folders_callbacks {
	/* `file` is absolute and matches a pattern; NULL for FOLDERS_LOST. */
	void (*told)(enum output_folders_event event, const char *file, void *userdata);
	/* A symbolic link is on the way from the root to a pattern's files. May not free the folders. */
	void (*linked)(void *userdata);
	/* Something cannot be watched: "<what>: <why>", may be invalid UTF-8. */
	void (*problem)(const char *text, void *userdata);
};

/* Begins to watch; does not report existing files. Borrows the project. */
struct output_folders *output_folders_new(struct watcher *watcher, struct project *project,
	const struct output_folders_callbacks *callbacks, void *userdata);
/* Whether something was not read, because its mount does not answer. */
bool output_folders_wait(const struct output_folders *folders);
/* Reads it, as far as its mount answers now. */
void output_folders_resume(struct output_folders *folders);
/* Something was mounted or unmounted there: if it may matter, all files are reported as written. */
void output_folders_mount_changed(struct output_folders *folders, const char *name);
void output_folders_free(struct output_folders *folders);
