/* SPDX-License-Identifier: MIT */
#include "util/mounts-files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/mounts.h"

struct call {
	int result, error;
	int inotify;
	uint32_t mask;
	struct statx st;
	char name[];
};

static struct call *call_new(const char *name)
{
	struct call *call = mem_zero(sizeof *call + strlen(name) + 1);

	strcpy(call->name, name);
	return call;
}

static void stat_work(void *data)
{
	struct call *call = data;

	call->result =
		statx(AT_FDCWD, call->name, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &call->st);
	call->error = errno;
}

static void lstat_work(void *data)
{
	struct call *call = data;

	call->result = statx(AT_FDCWD, call->name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
		STATX_BASIC_STATS, &call->st);
	call->error = errno;
}

static void watch_work(void *data)
{
	struct call *call = data;

	call->result = inotify_add_watch(call->inotify, call->name, call->mask);
	call->error = errno;
}

static bool watch_same(const void *one, const void *other)
{
	const struct call *a = one, *b = other;

	return a->inotify == b->inotify && a->mask == b->mask;
}

static int finish(struct call *call, struct statx *st)
{
	int result = call ? call->result : -1;

	errno = call ? call->error : EAGAIN;
	if (call && st) {
		*st = call->st;
	}
	free(call);
	return result;
}

int mounts_stat(const char *name, struct statx *st)
{
	static const struct mount_try stat_try = {.work = stat_work, .drop = free};

	if (!mounts_is_remote(name)) {
		return statx(AT_FDCWD, name, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, st);
	}
	return finish(mounts_try(name, &stat_try, call_new(name)), st);
}

int mounts_lstat(const char *name, struct statx *st)
{
	static const struct mount_try lstat_try = {.work = lstat_work, .drop = free};

	if (!mounts_is_remote(name)) {
		return statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
			STATX_BASIC_STATS, st);
	}
	return finish(mounts_try(name, &lstat_try, call_new(name)), st);
}

static int watch_remote(int inotify, const char *name, uint32_t mask)
{
	static const struct mount_try watch_try = {
		.work = watch_work, .drop = free, .same = watch_same, .shares = true};
	struct call *call = call_new(name);

	call->inotify = inotify;
	call->mask = mask;
	return finish(mounts_try(name, &watch_try, call), NULL);
}

int mounts_watch(int inotify, const char *name, uint32_t mask)
{
	return mounts_is_on(name) ? watch_remote(inotify, name, mask)
				  : inotify_add_watch(inotify, name, mask);
}

int mounts_watch_linked(int inotify, const char *name, uint32_t mask)
{
	return mounts_is_remote(name) ? watch_remote(inotify, name, mask)
				      : inotify_add_watch(inotify, name, mask);
}

struct own_file {
	char *name, *text;
	size_t max, length;
	int result;
};

static void own_file_work(void *data)
{
	struct own_file *file = data;

	file->result = file_read_own(file->name, file->max, &file->text, &file->length);
}

static void own_file_drop(void *data)
{
	struct own_file *file = data;

	free(file->name);
	free(file->text);
	free(file);
}

int mounts_read_own(const char *name, size_t max, char **text, size_t *length)
{
	static const struct mount_try what = {.work = own_file_work, .drop = own_file_drop};
	struct own_file *file = mem_new(struct own_file);
	int result;

	file->name = mem_strdup(name);
	file->max = max;
	file = mounts_try_own(name, &what, file);
	if (!file) {
		return -EAGAIN;
	}
	*text = mem_steal(file->text);
	*length = file->length;
	result = file->result;
	own_file_drop(file);
	return result;
}
