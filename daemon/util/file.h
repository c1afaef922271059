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

/*
 * open() of a file for reading, close-on-exec, without blocking. Reads through it leave no trace in
 * the file's access time, if the file is our own: unread.h needs to see those of others.
 */
int file_open_unnoticed(const char *name, int flags);

/*
 * Whether a program has the regular file open for writing: 1 or 0. -EACCES if the file belongs to
 * another user, -EINVAL if the file system cannot tell.
 */
int file_is_open_for_writing(const char *name);

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

/*
 * The folder for the socket of savecastd's private bus: $XDG_RUNTIME_DIR/savecast, or
 * /tmp/savecast-UID if there is no runtime folder, as in most containers. Other users must not
 * be able to put files there: it must be a folder of this user with mode 0700, not a symbolic
 * link. With `make`, creates it. Returns NULL and why (the caller frees it) if it cannot be used.
 */
char *file_private_folder(bool make, char **why);

enum { FILE_CHECKSUM_DIGITS = 16 };

/*
 * Detects damage by a disk or an editor, but not an attack: any single changed byte changes it.
 * 64-bit FNV-1a, in lower-case hex. Pure.
 */
void file_checksum(const char *bytes, size_t length, char digits[FILE_CHECKSUM_DIGITS + 1]);
