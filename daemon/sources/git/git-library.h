/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * libgit2, loaded and initialised by the first call of one of its functions, on any thread.
 * It brings two dozen libraries, 4 MiB and 8 ms, which a daemon without a project does not
 * need. Callers include <git2.h> and call it as usual; a function that we have not used
 * before gets a line in git-library.c. If libgit2 is missing, the process exits.
 *
 * Its checks stay enabled: a repository of another user is refused. Repository extensions
 * that do not affect what we read do not prevent a repository from being opened.
 */

/* The last error of libgit2 on this thread, or `otherwise`. Valid until its next call. */
const char *git_library_why(const char *otherwise);

/*
 * Hashes of contents, made by libgit2: the name that git gives a file's bytes in a SHA-1
 * repository (it detects collision attacks). 0 or a negative errno.
 */
enum { GIT_HASH_SIZE = 20 };

int git_hash_bytes(const void *bytes, size_t length, uint8_t hash[GIT_HASH_SIZE]);
/* The rest of an open regular file of any size; blocks until it is read. */
int git_hash_file(int fd, uint8_t hash[GIT_HASH_SIZE]);
