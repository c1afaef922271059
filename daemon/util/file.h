/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Small files, read and replaced as a whole. These functions block; errors are negative errno. */

/*
 * Reads a regular file of at most `max` bytes. The caller frees `text`, which has a NUL
 * after its end. -EFBIG if it is larger, -EINVAL if it is not a regular file.
 */
int file_read(const char *name, size_t max, char **text, size_t *length);

/* The same for a file that must be our own: -EPERM if another user owns it. */
int file_read_own(const char *name, size_t max, char **text, size_t *length);

/* Whether an error is temporary: the file may be readable later. */
bool file_error_passes(int error);

/*
 * Replaces a file so that at any moment, even after a crash, it has either the old text or
 * the new one, complete. Creates the folders above it (mode 0700).
 */
int file_replace(const char *name, const char *text, size_t length);

/* mkdir -p with mode 0700. */
int file_make_folders(const char *folder);

/*
 * The user's folder as in the XDG base directory specification: $variable if it is
 * absolute, otherwise $HOME/fallback. NULL if there is no home. The caller frees it.
 */
char *file_xdg_folder(const char *variable, const char *fallback);
