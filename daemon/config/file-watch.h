/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "util/loop.h"

/*
 * Tells when a small file was written, replaced, made or removed, whoever did it.
 * While the file is there it is the file itself that is watched, so other files
 * beside it wake nobody; while it is not, its folder is, for names that come.
 *
 * A file that has gone, or has nothing in it, may be about to be written anew, as some
 * editors do it: that is told only if it stays so for FILE_SETTLE_USEC.
 */
enum { FILE_SETTLE_USEC = 500000 };

struct file_watcher; /* one descriptor for all watches */
struct file_watch;

/*
 * Reads the file. False, and nothing is changed, if there is nothing in it or it is not there:
 * unless it `stays_so`, it is asked once more when that is sure.
 */
typedef bool file_watch_fn(bool stays_so, void *userdata);

/* NULL with errno set if the kernel gives no more. */
struct file_watcher *file_watcher_new(struct loop *loop);
/* All watches must be gone. */
void file_watcher_free(struct file_watcher *watcher);

/*
 * `changed` may free this watch and others if it returns true. With `folder_too` the folder is
 * watched always: for a file that may be a symbolic link. A watcher that is NULL
 * gives watches that tell nothing.
 */
struct file_watch *file_watch_new(struct file_watcher *watcher, const char *folder,
	const char *name, bool folder_too, file_watch_fn *changed, void *userdata);
void file_watch_free(struct file_watch *watch);

/* Tries once more to watch what could not be watched. NULL is allowed. */
void file_watch_renew(struct file_watch *watch);
