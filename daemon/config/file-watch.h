/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "util/loop.h"

/*
 * Notices that a small file was written, replaced, created or removed by any program.
 * While the file exists, the file itself is watched, so that other files in its folder
 * cause no wake-ups; while it does not, its folder is watched for new names.
 *
 * Some editors remove or truncate a file before they write it. Therefore a file that has
 * disappeared or become empty is reported only if it stays so, without a further change, for
 * FILE_SETTLE_USEC.
 */
enum { FILE_SETTLE_USEC = 500000 };

struct file_watcher; /* one descriptor for all watches */
struct file_watch;

/*
 * Reads the file. If the file is empty or missing, returns false without a change; it is then
 * called again after FILE_SETTLE_USEC, with `stays_so` if the file is still so.
 */
typedef bool file_watch_fn(bool stays_so, void *userdata);

/* NULL with errno set if the kernel has no more inotify instances. */
struct file_watcher *file_watcher_new(struct loop *loop);
/* All watches must have been freed. */
void file_watcher_free(struct file_watcher *watcher);

/*
 * If `changed` returns true, it may free this watch and others. With `folder_too` the folder
 * is always watched: for a file that may be a symbolic link. With a NULL watcher, the watch
 * reports nothing.
 */
struct file_watch *file_watch_new(struct file_watcher *watcher, const char *folder,
	const char *name, bool folder_too, file_watch_fn *changed, void *userdata);
void file_watch_free(struct file_watch *watch);

/* Tries again to watch what could not be watched. NULL is allowed. */
void file_watch_renew(struct file_watch *watch);

/* A mount answers again: what changed on it meanwhile is reported now. Takes NULL. */
void file_watcher_resume(struct file_watcher *watcher);
