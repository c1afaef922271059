/* SPDX-License-Identifier: MIT */

/*
 * A file system that can stop answering, like one over a network: hang-fs BACKING MOUNTPOINT shows
 * BACKING. After SIGUSR1 no call is answered; after SIGALRM none that opens a file; after SIGPROF
 * none that lists a folder; after SIGUSR2 all calls are. Nothing is cached.
 */

#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int backing;
static bool hangs, opens_hang, lists_hang;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answers = PTHREAD_COND_INITIALIZER;

static void wait_while(const bool *flag)
{
	pthread_mutex_lock(&lock);
	while (*flag) {
		pthread_cond_wait(&answers, &lock);
	}
	pthread_mutex_unlock(&lock);
}

static const char *at(const char *path)
{
	wait_while(&hangs);
	return path[1] ? path + 1 : ".";
}

static int result(int r)
{
	return r < 0 ? -errno : 0;
}

static int hang_getattr(const char *path, struct stat *st, struct fuse_file_info *info)
{
	return result(fstatat(backing, at(path), st, AT_SYMLINK_NOFOLLOW));
}

static int hang_readlink(const char *path, char *target, size_t size)
{
	ssize_t n = readlinkat(backing, at(path), target, size - 1);

	if (n < 0) {
		return -errno;
	}
	target[n] = '\0';
	return 0;
}

static int hang_open(const char *path, struct fuse_file_info *info)
{
	int fd = openat(backing, at(path), info->flags & ~O_CREAT & ~O_EXCL);

	if (opens_hang) {
		printf("%s waits\n", path);
		fflush(stdout);
	}
	wait_while(&opens_hang);
	info->fh = (uint64_t)fd;
	return fd < 0 ? -errno : 0;
}

static int hang_create(const char *path, mode_t mode, struct fuse_file_info *info)
{
	int fd = openat(backing, at(path), info->flags | O_CREAT, mode);

	info->fh = (uint64_t)fd;
	return fd < 0 ? -errno : 0;
}

static int hang_read(const char *path, char *bytes, size_t size, off_t offset, struct fuse_file_info *info)
{
	ssize_t n = pread((int)info->fh, bytes, size, offset);

	at("/");
	return n < 0 ? -errno : (int)n;
}

static int hang_write(const char *path, const char *bytes, size_t size, off_t offset, struct fuse_file_info *info)
{
	ssize_t n = pwrite((int)info->fh, bytes, size, offset);

	at("/");
	return n < 0 ? -errno : (int)n;
}

static int hang_release(const char *path, struct fuse_file_info *info)
{
	return result(close((int)info->fh));
}

static int hang_truncate(const char *path, off_t size, struct fuse_file_info *info)
{
	int fd = openat(backing, at(path), O_WRONLY);
	int r = fd < 0 ? -errno : result(ftruncate(fd, size));

	close(fd);
	return r;
}

static int hang_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset,
	struct fuse_file_info *info, enum fuse_readdir_flags flags)
{
	int fd = openat(backing, at(path), O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	wait_while(&lists_hang);
	if (!dir) {
		return -errno;
	}
	while ((entry = readdir(dir))) {
		fill(buffer, entry->d_name, NULL, 0, 0);
	}
	closedir(dir);
	return 0;
}

static int hang_mkdir(const char *path, mode_t mode)
{
	return result(mkdirat(backing, at(path), mode));
}

static int hang_unlink(const char *path)
{
	return result(unlinkat(backing, at(path), 0));
}

static int hang_rename(const char *from, const char *to, unsigned flags)
{
	return result(renameat(backing, at(from), backing, to + 1));
}

static void *nothing_cached(struct fuse_conn_info *connection, struct fuse_config *config)
{
	config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
	return NULL;
}

static const struct fuse_operations operations = {
	.init = nothing_cached,
	.getattr = hang_getattr,
	.readlink = hang_readlink,
	.open = hang_open,
	.create = hang_create,
	.read = hang_read,
	.write = hang_write,
	.release = hang_release,
	.truncate = hang_truncate,
	.readdir = hang_readdir,
	.mkdir = hang_mkdir,
	.unlink = hang_unlink,
	.rename = hang_rename,
};

static void *on_signals(void *mask)
{
	int signal;

	for (;;) {
		sigwait(mask, &signal);
		pthread_mutex_lock(&lock);
		hangs = signal == SIGUSR1;
		opens_hang = signal == SIGALRM;
		lists_hang = signal == SIGPROF;
		pthread_cond_broadcast(&answers);
		pthread_mutex_unlock(&lock);
		puts(hangs ? "hangs" : opens_hang ? "opens nothing" : lists_hang ? "lists nothing" : "answers");
		fflush(stdout);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	char *arguments[] = {argv[0], argv[2], "-f", NULL};
	static sigset_t mask;
	pthread_t thread;

	if (argc != 3) {
		fprintf(stderr, "usage: hang-fs BACKING MOUNTPOINT\n");
		return 2;
	}
	backing = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (backing < 0) {
		perror(argv[1]);
		return 1;
	}
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigaddset(&mask, SIGUSR2);
	sigaddset(&mask, SIGALRM);
	sigaddset(&mask, SIGPROF);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
	pthread_create(&thread, NULL, on_signals, &mask);
	return fuse_main(3, arguments, &operations, NULL);
}
