/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * libgit2, loaded and made ready by the first call of one of its functions, on any
 * thread: it brings two dozen libraries, 4 MiB and 8 ms, and a daemon that knows no
 * project needs none of that. Callers include <git2.h> and call it as ever; a
 * function that is new to us gets a line in git-library.c. The process ends if there
 * is no libgit2.
 *
 * Its checks stay on: a repository of another user is refused. Repository extensions
 * that change nothing of what we read do not keep a repository from being opened.
 */

/* What libgit2 said last on this thread, or `otherwise`. Valid until its next call. */
const char *git_library_why(const char *otherwise);

/*
 * Contents by their hash: libgit2's, the name that git gives a file's bytes in a
 * SHA-1 repository (collision attacks are detected). 0 or a negative errno.
 */
enum { GIT_HASH_SIZE = 20 };

int git_hash_bytes(const void *bytes, size_t length, uint8_t hash[GIT_HASH_SIZE]);
/* The rest of an open regular file, of any size; blocks as long as that takes. */
int git_hash_file(int fd, uint8_t hash[GIT_HASH_SIZE]);
