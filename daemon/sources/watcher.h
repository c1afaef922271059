/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Watches folders, and single files, with one inotify instance for the whole daemon. Each may have several
 * watches; each gets the events of its own mask. Works for thousands of folders; each costs
 * 60 bytes.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/inotify.h>

#include "util/loop.h"

struct watcher;
struct watch;

/*
 * Something happened to `name` in the folder, or to the folder itself (""). If `mask` has
 * IN_Q_OVERFLOW, events were lost: check everything. If it has IN_IGNORED, the folder is gone:
 * this is the last event. Both come for every watch.
 */
typedef void watch_fn(uint32_t mask, const char *name, void *userdata);

/* Never NULL; without inotify, watch_new() fails and says why. */
struct watcher *watcher_new(struct loop *loop);
/* All watches must have been freed. */
void watcher_free(struct watcher *watcher);

/*
 * `told` is called after all events of one turn of the loop were delivered, so that they can be
 * handled together. It may drain, watch and free.
 */
typedef void watcher_told_fn(void *userdata);
void watcher_on_told(struct watcher *watcher, watcher_told_fn *told, void *userdata);

/*
 * Watches a folder; does not follow a symbolic link. Returns NULL with errno set on failure;
 * ENOSPC: the user's limit of watches is reached (fs.inotify.max_user_watches). EAGAIN: its
 * mount does not answer; see mounts_try().
 */
struct watch *watch_new(
	struct watcher *watcher, const char *folder, uint32_t mask, watch_fn *told, void *userdata);
/*
 * The same for a file, by whatever name it is written; `name` is always "". The watch stays with the
 * file when it is renamed.
 */
struct watch *watch_file_new(
	struct watcher *watcher, const char *file, uint32_t mask, watch_fn *told, void *userdata);
/* May be called from any callback; told() is not called after it. */
void watch_free(struct watch *watch);

/*
 * Whether events are being delivered. More of them may follow at once, so a file may have changed
 * again already.
 */
bool watcher_is_telling(const struct watcher *watcher);
/* Delivers the events so far, without waiting for the loop's next turn. */
void watcher_drain(struct watcher *watcher);

/* The errno of watch_new() as a text for the user, with what to do about it. */
const char *watch_why(int error);
