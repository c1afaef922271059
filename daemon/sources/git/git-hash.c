/* SPDX-License-Identifier: MIT */
#include "sources/git/git-hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <git2.h>

_Static_assert(GIT_HASH_SIZE == GIT_OID_RAWSZ, "libgit2's object names are SHA-1");

int git_hash_bytes(const void *bytes, size_t length, uint8_t hash[GIT_HASH_SIZE])
{
	git_oid oid;

	if (git_odb_hash(&oid, bytes, length, GIT_OBJECT_BLOB) < 0) {
		return -EIO;
	}
	memcpy(hash, oid.id, GIT_HASH_SIZE);
	return 0;
}

int git_hash_file(int fd, uint8_t hash[GIT_HASH_SIZE])
{
	char path[64];
	git_oid oid;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (git_odb_hashfile(&oid, path, GIT_OBJECT_BLOB) < 0) {
		return -EIO;
	}
	memcpy(hash, oid.id, GIT_HASH_SIZE);
	return 0;
}
