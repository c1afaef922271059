/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Which files the processes watch by inotify that a server's program has started. Reads /proc; the
 * family is a process and its descendants, at most DESCENDANTS_MAX.
 */

enum {
	FAMILY_WATCHERS_MAX = 8,
	FAMILY_WATCH_FDS_MAX = 256, /* descriptors of a process that are searched for a watch */
};

/* Zeroed: nothing is known. */
struct family_watch {
	pid_t root, worker;
	/* those that watched something when it was noted, without the worker */
	pid_t watchers[FAMILY_WATCHERS_MAX];
	size_t count;
};

/* Notes which processes below the root watch files now, besides the worker. */
void family_watch_note(struct family_watch *watch, pid_t root, pid_t worker);

/*
 * Whether the root or one of its descendants watches the file or its folder; or all that were noted have
 * ended, and nothing watches in their place: inotifywait in a shell loop ends at the first event, before a
 * save is reported.
 */
bool family_watch_sees(const struct family_watch *watch, const char *file);
