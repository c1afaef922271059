/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * System calls of the loop about a file that may be on a remote mount; see mounts_try(). They fail
 * with EAGAIN if the mount does not answer.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Do not make a file server compare what is cached. */
int mounts_stat(const char *name, struct statx *st);
int mounts_lstat(const char *name, struct statx *st);
/* inotify_add_watch(), for a name without links above the file: many are watched. */
int mounts_watch(int inotify, const char *name, uint32_t mask);
/* The same for a name with links. */
int mounts_watch_linked(int inotify, const char *name, uint32_t mask);
/*
 * file_read_own() of one of the daemon's own files, see mounts_try_own(); -EAGAIN if the mount does
 * not answer, otherwise its result.
 */
int mounts_read_own(const char *name, size_t max, char **text, size_t *length);
