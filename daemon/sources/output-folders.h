/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The folders of a project's outputs, each with its watch: those that patterns
 * name, all below where a pattern asks for that, and the way to them from the
 * root, so that a folder which is made, removed or replaced later is found.
 */

#include <stdbool.h>

#include "project/project.h"
#include "sources/watcher.h"

enum { OUTPUT_FOLDERS_MAX = 1024 };

struct output_folders;

enum output_folders_event {
	FOLDERS_BEGUN, /* the file is being written */
	FOLDERS_WRITTEN, /* it is whole: closed, or moved into place */
	FOLDERS_GONE, /* deleted, or moved away */
	FOLDERS_LOST, /* events were lost; what is there is told as written */
};

struct output_folders_callbacks {
	/* `file` is absolute and matches a pattern; NULL for FOLDERS_LOST. */
	void (*told)(enum output_folders_event event, const char *file, void *userdata);
	/* Something cannot be watched: "<what>: <why>", UTF-8 or not. */
	void (*problem)(const char *text, void *userdata);
};

/* Begins to watch; what is there already is not told. The project is borrowed. */
struct output_folders *output_folders_new(struct watcher *watcher, const struct project *project,
	const struct output_folders_callbacks *callbacks, void *userdata);
void output_folders_free(struct output_folders *folders);
