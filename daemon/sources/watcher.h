/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Folders that are watched: the daemon's one inotify instance, whatever the
 * number of projects. A folder may be watched by several; each is told what its
 * own mask asks for. Thousands are found by their number, each costs 60 bytes.
 */

#include <stdint.h>
#include <sys/inotify.h>

#include "util/loop.h"

struct watcher;
struct watch;

/*
 * Something happened to `name` in the folder, or to the folder itself ("").
 * IN_Q_OVERFLOW in `mask`: events were lost, look at everything. IN_IGNORED: the
 * folder is gone, nothing more is told. Both come without being asked for.
 */
typedef void watch_fn(uint32_t mask, const char *name, void *userdata);

/* Never NULL; if there is no inotify, watch_new() fails and says so. */
struct watcher *watcher_new(struct loop *loop);
/* All watches must be gone. */
void watcher_free(struct watcher *watcher);

/*
 * `told` is called after all that one turn of the loop had to tell was told: what
 * happened belongs together. It may drain, watch and free.
 */
typedef void watcher_told_fn(void *userdata);
void watcher_on_told(struct watcher *watcher, watcher_told_fn *told, void *userdata);

/*
 * Watches a folder, never through a symbolic link. NULL with errno set; ENOSPC is
 * the user's limit of watches (fs.inotify.max_user_watches).
 */
struct watch *watch_new(
	struct watcher *watcher, const char *folder, uint32_t mask, watch_fn *told, void *userdata);
/* May be called from any callback; told() is not called after it. */
void watch_free(struct watch *watch);

/* Tells what has happened so far, without waiting for the loop's next turn. */
void watcher_drain(struct watcher *watcher);

/* errno of watch_new() for people, and what to do about it. */
const char *watch_why(int error);
