/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Small files, read and replaced as a whole. These block; errors are negative errno. */

/*
 * Reads a regular file of at most `max` bytes. The caller frees `text`, which
 * has a NUL behind it. -EFBIG if it is larger, -EINVAL if it is no regular file.
 */
int file_read(const char *name, size_t max, char **text, size_t *length);

/* The same of a file that nobody else has made: -EPERM if another user owns it. */
int file_read_own(const char *name, size_t max, char **text, size_t *length);

/* Whether an error says nothing of the file: another time it may be read. */
bool file_error_passes(int error);

/*
 * Replaces a file so that at any moment, also after a crash, it holds the old
 * text or the new one, whole. Makes the folders above it (mode 0700).
 */
int file_replace(const char *name, const char *text, size_t length);

/* mkdir -p with mode 0700. */
int file_make_folders(const char *folder);

/* The user's folder as in the XDG base directory specification: $variable if it
 * is absolute, else $HOME/fallback. NULL if there is no home. The caller frees. */
char *file_xdg_folder(const char *variable, const char *fallback);
