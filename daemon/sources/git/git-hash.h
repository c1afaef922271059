/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Contents by their hash: libgit2's, the name that git gives a file's bytes in a
 * SHA-1 repository (collision attacks are detected). 0 or a negative errno.
 */
enum { GIT_HASH_SIZE = 20 };

int git_hash_bytes(const void *bytes, size_t length, uint8_t hash[GIT_HASH_SIZE]);
/* The rest of an open regular file, of any size; blocks as long as that takes. */
int git_hash_file(int fd, uint8_t hash[GIT_HASH_SIZE]);
