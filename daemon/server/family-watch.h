/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Which files the processes watch by inotify that a server's program has started. Reads /proc; the
 * family is a process and its descendants, at most DESCENDANTS_MAX.
 */

enum { FAMILY_WATCH_FDS_MAX = 256 }; /* descriptors of a process that are searched for a watch */

/* Zeroed: nothing is known. */
struct family_watch {
	pid_t root, worker;
	bool watched; /* when it was noted, a process besides the worker watched something */
};

/* Notes whether a process below the root watches files now, besides the worker. */
void family_watch_note(struct family_watch *watch, pid_t root, pid_t worker);

/*
 * Whether the root or one of its descendants watches the file or its folder; or, besides the worker,
 * nothing is watched any more: inotifywait in a shell loop ends at the first event, before a save is
 * reported.
 */
bool family_watch_sees(const struct family_watch *watch, const char *file);
