/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Watches folders with one inotify instance for the whole daemon. A folder may have several
 * watches; each gets the events of its own mask. Works for thousands of folders; each costs
 * 60 bytes.
 */

#include <stdint.h>
#include <sys/inotify.h>

#include "util/loop.h"

struct watcher;
struct watch;

/*
 * Something happened to `name` in the folder, or to the folder itself (""). IN_Q_OVERFLOW
 * in `mask`: events were lost, check everything. IN_IGNORED: the folder is gone, this is
 * the last event. Both come without being in the mask.
 */
typedef void watch_fn(uint32_t mask, const char *name, void *userdata);

/* Never NULL; without inotify, watch_new() fails and says why. */
struct watcher *watcher_new(struct loop *loop);
/* All watches must have been freed. */
void watcher_free(struct watcher *watcher);

/*
 * `told` is called after all events of one turn of the loop were delivered: what happened
 * belongs together. It may drain, watch and free.
 */
typedef void watcher_told_fn(void *userdata);
void watcher_on_told(struct watcher *watcher, watcher_told_fn *told, void *userdata);

/*
 * Watches a folder, but never through a symbolic link. NULL with errno set; ENOSPC is the
 * user's limit of watches (fs.inotify.max_user_watches).
 */
struct watch *watch_new(
	struct watcher *watcher, const char *folder, uint32_t mask, watch_fn *told, void *userdata);
/* May be called from any callback; told() is not called after it. */
void watch_free(struct watch *watch);

/* Delivers the events so far, without waiting for the loop's next turn. */
void watcher_drain(struct watcher *watcher);

/* The errno of watch_new() as a text for the user, with what to do about it. */
const char *watch_why(int error);
