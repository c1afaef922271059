/* SPDX-License-Identifier: MIT */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mem.h"

static void close_fd(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
	}
}

static int read_whole(
	const char *name, bool own, size_t max, char **text, size_t *length)
{
	_cleanup_(close_fd) int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	_cleanup_free_ char *bytes = NULL;
	size_t used = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		return -errno;
	}
	if (!S_ISREG(st.st_mode)) {
		return -EINVAL;
	}
	if (own && st.st_uid != geteuid()) {
		return -EPERM;
	}
	if ((size_t)st.st_size > max) {
		return -EFBIG;
	}
	bytes = mem_alloc(max + 2);
	for (;;) {
		ssize_t n = read(fd, bytes + used, max + 1 - used);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		used += (size_t)n;
		if (used > max) {
			return -EFBIG;
		}
		if (n == 0) {
			break;
		}
	}
	bytes[used] = '\0';
	*text = mem_steal(bytes);
	*length = used;
	return 0;
}

int file_read(const char *name, size_t max, char **text, size_t *length)
{
	return read_whole(name, false, max, text, length);
}

int file_read_own(const char *name, size_t max, char **text, size_t *length)
{
	return read_whole(name, true, max, text, length);
}

int file_open_unnoticed(const char *name, int flags)
{
	int fd;

	flags |= O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	fd = open(name, flags | O_NOATIME);
	/* Another user's file. */
	return fd < 0 && errno == EPERM ? open(name, flags) : fd;
}

int file_is_open_for_writing(const char *name)
{
	struct stat st;
	int fd, r = 0;

	/* Opening a pipe would be noticed at its other end. */
	if (lstat(name, &st) < 0 || !S_ISREG(st.st_mode)) {
		return -EINVAL;
	}
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		return -errno;
	}
	/*
	 * A read lease is refused while the file is open for writing. A program that opens it
	 * meanwhile waits until close() ends the lease, some microseconds later; the kernel then
	 * sends us this signal, which is ignored by default.
	 */
	if (fcntl(fd, F_SETSIG, SIGURG) < 0 || fcntl(fd, F_SETLEASE, F_RDLCK) < 0) {
		r = errno == EAGAIN ? 1 : -errno;
	}
	close(fd);
	return r;
}

bool file_error_passes(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == EIO;
}

int file_make_folders(const char *folder)
{
	_cleanup_free_ char *path = mem_strdup(folder);

	for (char *slash = path + 1;; slash++) {
		slash = strchrnul(slash, '/');
		char kept = *slash;

		*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			return -errno;
		}
		*slash = kept;
		if (!kept) {
			return 0;
		}
	}
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		text += n;
		length -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* A rename is durable only after its folder was synced. */
static int sync_folder(const char *folder)
{
	_cleanup_(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int file_replace(const char *name, const char *text, size_t length)
{
	_cleanup_free_ char *temporary = mem_printf("%s.new", name);
	_cleanup_free_ char *folder = mem_strndup(name, (size_t)(strrchr(name, '/') - name));
	_cleanup_(close_fd) int fd = -1;
	int r = file_make_folders(folder);

	if (r < 0) {
		return r;
	}
	unlink(temporary); /* a daemon that was killed may have left one */
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		return -errno;
	}
	r = write_all(fd, text, length);
	if (r == 0 && rename(temporary, name) < 0) {
		r = -errno;
	}
	if (r < 0) {
		unlink(temporary);
		return r;
	}
	return sync_folder(folder);
}

char *file_xdg_folder(const char *variable, const char *fallback)
{
	const char *folder = getenv(variable);
	const char *home = getenv("HOME");

	if (folder && folder[0] == '/') {
		return mem_strdup(folder);
	}
	return home && home[0] == '/' ? mem_printf("%s/%s", home, fallback) : NULL;
}

static bool is_own_folder(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

char *file_private_folder(bool make, char **why)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	_cleanup_free_ char *folder = runtime && runtime[0] == '/' && is_own_folder(runtime)
		? mem_printf("%s/savecast", runtime)
		: mem_printf("/tmp/savecast-%u", (unsigned)geteuid());
	struct stat st;

	if (make && mkdir(folder, 0700) < 0 && errno != EEXIST) {
		*why = mem_printf("%s: %s", folder, strerror(errno));
		return NULL;
	}
	if (lstat(folder, &st) < 0) {
		*why = mem_printf("%s: %s", folder, strerror(errno));
		return NULL;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
		*why = mem_printf("%s: must be a folder of yours with mode 0700", folder);
		return NULL;
	}
	return mem_steal(folder);
}

void file_checksum(const char *bytes, size_t length, char digits[FILE_CHECKSUM_DIGITS + 1])
{
	uint64_t sum = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++) {
		sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3;
	}
	snprintf(digits, FILE_CHECKSUM_DIGITS + 1, "%016" PRIx64, sum);
}
