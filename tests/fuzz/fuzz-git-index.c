/* SPDX-License-Identifier: MIT */

/*
 * Any bytes as a git index: no crash, no endless loop, and the entries are in order
 * and below the root. The first byte chooses the size of hashes.
 */

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sources/git/git-compare.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct git_index index;
	static struct git_entry entry;
	struct git_candidates found = {0};
	char before[sizeof entry.path] = "";
	unsigned hash_size;
	int fd, r;

	if (size == 0) {
		return 0;
	}
	hash_size = data[0] & 1 ? 32 : 20;
	fd = memfd_create("index", MFD_CLOEXEC);
	assert(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)(size - 1));
	r = git_index_begin(&index, fd, hash_size);
	if (r == 0) {
		while ((r = git_index_next(&index, &entry)) > 0) {
			assert(strlen(entry.path) == entry.length && entry.length > 0);
			assert(strcmp(before, entry.path) < 0);
			assert(entry.path[0] != '/' && !strstr(entry.path, "/../"));
			strcpy(before, entry.path);
		}
	}
	assert(r == 0 || index.why);
	/* Compared with an empty index, every file is new; with itself, none is. */
	if (git_compare(&found, -1, fd, hash_size, "") == 0) {
		size_t count = found.count;

		git_candidates_clear(&found);
		assert(git_compare(&found, fd, fd, hash_size, "") == 0 && found.count == 0);
		assert(git_compare(&found, fd, -1, hash_size, "") == 0 && found.count == count);
	}
	git_candidates_clear(&found);
	close(fd);
	return 0;
}
