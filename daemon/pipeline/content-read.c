/* SPDX-License-Identifier: MIT */
#include "pipeline/content.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/git/git-library.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/pathname.h"

_Static_assert((int)CONTENT_HASH_SIZE == (int)GIT_HASH_SIZE, "a mark holds git's hash");

static uint64_t nsec_of(const struct statx_timestamp *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static void read_link(const char *name, struct content_mark *mark)
{
	char target[PATHNAME_MAX];
	ssize_t length = readlink(name, target, sizeof target);

	if (length >= 0 && git_hash_bytes(target, (size_t)length, mark->hash) == 0) {
		mark->kind = CONTENT_LINK;
	}
}

/* Files up to this size are read with one read(). libgit2 hashes larger files. */
enum { SMALL_MAX = 32 * 1024 };

static int hash_small(int fd, size_t size, uint8_t hash[GIT_HASH_SIZE])
{
	char bytes[SMALL_MAX + 1];
	ssize_t n = read(fd, bytes, size + 1);

	/* The file may grow or shrink meanwhile. */
	return n == (ssize_t)size ? git_hash_bytes(bytes, size, hash) : git_hash_file(fd, hash);
}

static size_t read_file(const char *name, size_t max, struct content_mark *mark)
{
	int fd = file_open_unnoticed(name, O_NOFOLLOW);
	struct stat st;
	size_t done = 0;

	if (fd < 0) {
		return 0;
	}
	/* Checked again: the name may refer to another file by now. */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= max) {
		done = (size_t)st.st_size;
		if ((done <= SMALL_MAX ? hash_small(fd, done, mark->hash)
				       : git_hash_file(fd, mark->hash)) == 0) {
			mark->kind = CONTENT_FILE;
		}
	}
	close(fd);
	return done;
}

bool content_is_current(const char *name, const struct content_mark *mark)
{
	struct statx st;

	return mark->kind != CONTENT_ABSENT && mark->changed_nsec &&
		statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_CTIME, &st) == 0 &&
		nsec_of(&st.stx_ctime) == mark->changed_nsec;
}

size_t content_read(const char *name, size_t max, struct content_mark *mark)
{
	struct statx st;

	*mark = (struct content_mark){.kind = CONTENT_UNKNOWN};
	if (statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR) {
			mark->kind = CONTENT_ABSENT;
		}
		return 0;
	}
	mark->changed_nsec = nsec_of(&st.stx_ctime);
	mark->born_nsec = st.stx_mask & STATX_BTIME ? nsec_of(&st.stx_btime) : 0;
	mark->linked = S_ISREG(st.stx_mode) && st.stx_nlink > 1;
	if (S_ISLNK(st.stx_mode)) {
		read_link(name, mark);
		return 0;
	}
	return S_ISREG(st.stx_mode) && st.stx_size <= max ? read_file(name, max, mark) : 0;
}
