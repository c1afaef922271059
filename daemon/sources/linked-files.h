/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The files of one project that have several names (hard links, and files that are mounted over
 * others), each with an inotify watch of the file itself: a watch of a folder reports only what is
 * written by a name in that folder. The first
 * LINKED_FILES_MAX are watched, those nearest to the root; the others are noticed by their own
 * names only, and so are those for which inotify has no watch left.
 */

#include <sys/types.h>

#include "sources/folder-tree.h"
#include "sources/watcher.h"

enum { LINKED_FILES_MAX = 512 };

/* TREE_BEGUN and TREE_CLOSED, also for what is written by the file's name in the project. */
typedef void linked_files_fn(enum tree_event event, const char *file, void *userdata);

struct linked_file;

struct linked_files {
	struct watcher *watcher;
	linked_files_fn *event;
	void *userdata;
	struct linked_file **files;
	unsigned count;
	unsigned check_at; /* if there is no room: the next one that may have become useless */
};

void linked_files_init(
	struct linked_files *linked, struct watcher *watcher, linked_files_fn *event, void *userdata);
/* Watches the file if it has several names. */
void linked_files_add(struct linked_files *linked, const char *file);
/* Watches it if it is a file, which is mounted there. */
void linked_files_add_mounted(struct linked_files *linked, const char *file);
void linked_files_clear(struct linked_files *linked);
