/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Loads and initialises libgit2 at the first call of one of its functions, on any thread:
 * loading its two dozen libraries takes 4 MiB and 8 ms, which a daemon without a project does
 * not need. (5 ms of these are for the system's root certificates, which it decodes and we never
 * use: findings/libgit2-init-reads-certificates.sh.) Callers include <git2.h> and call it as usual; a
 * function that we have not used before needs a line in git-library.c. If libgit2 is missing, the
 * process exits.
 *
 * libgit2's checks stay enabled: a repository of another user is refused. Repository extensions
 * that do not affect what we read are accepted.
 */

/*
 * libgit2 searches for the user's configuration, and for "~/", in this folder, which must stay valid:
 * as soon as no other thread does so elsewhere.
 */
void git_library_set_home(const char *folder);
/* Whether one still does. */
bool git_library_waits_for_home(void);

/* libgit2's last error on this thread; if it has none, `otherwise`. Valid until its next call. */
const char *git_library_why(const char *otherwise);

/*
 * Hashes of contents, computed by libgit2: the object name of a file in a SHA-1 repository
 * (collision attacks are detected). Returns 0 or a negative errno.
 */
enum { GIT_HASH_SIZE = 20 };

int git_hash_bytes(const void *bytes, size_t length, uint8_t hash[GIT_HASH_SIZE]);
/* Hashes the rest of an open regular file of any size; blocks until it is read. */
int git_hash_file(int fd, uint8_t hash[GIT_HASH_SIZE]);
