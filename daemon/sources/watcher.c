/* SPDX-License-Identifier: MIT */
#include "sources/watcher.h"

#include <errno.h>
#include <stdalign.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/mounts-files.h"

/* Bytes of one read: many events, or one with the longest name. */
enum { WATCHER_READ_BYTES = 16 * 1024, WATCHER_DRAIN_READS = 64, WATCHER_BUCKETS_MIN = 64 };

struct watch {
	struct watcher *watcher;
	struct watch *next; /* in its bucket */
	watch_fn *told; /* NULL: freed while events are being delivered */
	void *userdata;
	int wd; /* -1: the folder is gone, and the watch is in no bucket */
	uint32_t mask;
};

struct watcher {
	int inotify;
	int error; /* why there is no inotify */
	struct loop_fd *fd;
	struct watch **buckets; /* by watch descriptor; the size is a power of two */
	size_t size, count; /* of those in buckets */
	struct watch **dead; /* freed while events were being delivered */
	size_t dead_count;
	bool telling;
	watcher_told_fn *told;
	void *userdata;
};

static struct watch **watcher_bucket(const struct watcher *watcher, int wd)
{
	return &watcher->buckets[(unsigned)wd & (watcher->size - 1)];
}

/* The first watch of `wd`, starting at `watch`. */
static struct watch *watch_of(struct watch *watch, int wd)
{
	while (watch && watch->wd != wd) {
		watch = watch->next;
	}
	return watch;
}

static void watcher_insert(struct watcher *watcher, struct watch *watch)
{
	struct watch **bucket = watcher_bucket(watcher, watch->wd);

	watch->next = *bucket;
	*bucket = watch;
}

static void watcher_resize(struct watcher *watcher, size_t size)
{
	struct watch **old = watcher->buckets;
	size_t old_size = watcher->size;

	watcher->size = size;
	watcher->buckets = mem_zero(size * sizeof(struct watch *));
	for (size_t i = 0; i < old_size; i++) {
		while (old[i]) {
			struct watch *watch = old[i];

			old[i] = watch->next;
			watcher_insert(watcher, watch);
		}
	}
	free(old);
}

/* Not while events are being delivered, because that iterates over a bucket. */
static void watcher_fit(struct watcher *watcher)
{
	size_t size = watcher->size;

	while (watcher->count > size) {
		size *= 2;
	}
	while (size > WATCHER_BUCKETS_MIN && watcher->count < size / 8) {
		size /= 2;
	}
	if (size != watcher->size) {
		watcher_resize(watcher, size);
	}
}

static void watcher_remove(struct watcher *watcher, struct watch *watch)
{
	struct watch **at = watcher_bucket(watcher, watch->wd);

	while (*at != watch) {
		at = &(*at)->next;
	}
	*at = watch->next;
	watcher->count--;
}

static void watch_destroy(struct watch *watch)
{
	struct watcher *watcher = watch->watcher;

	if (watch->wd >= 0) {
		watcher_remove(watcher, watch);
	}
	free(watch);
}

/* The folder is gone: removes its watches. */
static void watcher_lose(struct watcher *watcher, int wd)
{
	struct watch *watch;

	while ((watch = watch_of(*watcher_bucket(watcher, wd), wd))) {
		watcher_remove(watcher, watch);
		watch->wd = -1;
	}
}

/* A callback may add watches: deliver the event to those that exist now, and to no other. */
static void watcher_tell_lost(struct watcher *watcher)
{
	struct watch **all = mem_zero(watcher->count * sizeof(struct watch *));
	size_t count = 0;

	for (size_t i = 0; i < watcher->size; i++) {
		for (struct watch *watch = watcher->buckets[i]; watch; watch = watch->next) {
			all[count++] = watch;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (all[i]->told) {
			all[i]->told(IN_Q_OVERFLOW, "", all[i]->userdata);
		}
	}
	free(all);
}

static void watcher_tell(struct watcher *watcher, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW) {
		watcher_tell_lost(watcher);
		return;
	}
	for (struct watch *watch = watch_of(*watcher_bucket(watcher, event->wd), event->wd); watch;
		watch = watch_of(watch->next, event->wd)) {
		if (watch->told && event->mask & (watch->mask | IN_IGNORED)) {
			watch->told(event->mask, event->len ? event->name : "", watch->userdata);
		}
	}
	if (event->mask & IN_IGNORED) {
		watcher_lose(watcher, event->wd);
	}
}

static void watcher_bury(struct watcher *watcher)
{
	for (size_t i = 0; i < watcher->dead_count; i++) {
		watch_destroy(watcher->dead[i]);
	}
	free(watcher->dead);
	watcher->dead = NULL;
	watcher->dead_count = 0;
	watcher_fit(watcher);
}

/* Reads once; returns whether there may be more. */
static bool watcher_read(struct watcher *watcher)
{
	alignas(struct inotify_event) char bytes[WATCHER_READ_BYTES];
	ssize_t n = read(watcher->inotify, bytes, sizeof bytes);

	watcher->telling = true;
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *event = (const void *)(bytes + at);

		watcher_tell(watcher, event);
		at += (ssize_t)(sizeof *event + event->len);
	}
	watcher->telling = false;
	watcher_bury(watcher);
	return n > 0;
}

static void watcher_on_event(uint32_t events, void *userdata)
{
	struct watcher *watcher = userdata;

	watcher_read(watcher);
	if (watcher->told) {
		watcher->told(watcher->userdata);
	}
}

void watcher_on_told(struct watcher *watcher, watcher_told_fn *told, void *userdata)
{
	watcher->told = told;
	watcher->userdata = userdata;
}

bool watcher_is_telling(const struct watcher *watcher)
{
	return watcher->telling;
}

void watcher_drain(struct watcher *watcher)
{
	/* Bounded: a program may write all the time. */
	for (int i = 0; i < WATCHER_DRAIN_READS && !watcher->telling; i++) {
		if (!watcher_read(watcher)) {
			break;
		}
	}
}

struct watcher *watcher_new(struct loop *loop)
{
	struct watcher *watcher = mem_new(struct watcher);

	watcher_resize(watcher, WATCHER_BUCKETS_MIN);
	watcher->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	watcher->error = errno;
	if (watcher->inotify >= 0) {
		watcher->fd =
			loop_fd_new(loop, watcher->inotify, EPOLLIN, watcher_on_event, watcher);
	}
	return watcher;
}

void watcher_free(struct watcher *watcher)
{
	if (watcher) {
		loop_fd_free(watcher->fd);
		if (watcher->inotify >= 0) {
			close(watcher->inotify);
		}
		free(watcher->buckets);
		free(watcher);
	}
}

static struct watch *watcher_watch(struct watcher *watcher, const char *path, uint32_t mask,
	uint32_t flags, watch_fn *told, void *userdata)
{
	struct watch *watch;
	int wd;

	if (watcher->inotify < 0) {
		errno = watcher->error;
		return NULL;
	}
	wd = mounts_watch(watcher->inotify, path,
		mask | flags | IN_DONT_FOLLOW | IN_EXCL_UNLINK | IN_MASK_ADD);
	if (wd < 0) {
		return NULL;
	}
	watch = mem_new(struct watch);
	*watch = (struct watch){
		.watcher = watcher, .told = told, .userdata = userdata, .wd = wd, .mask = mask};
	watcher_insert(watcher, watch);
	watcher->count++;
	if (!watcher->telling) {
		watcher_fit(watcher);
	}
	return watch;
}

struct watch *watch_new(
	struct watcher *watcher, const char *folder, uint32_t mask, watch_fn *told, void *userdata)
{
	return watcher_watch(watcher, folder, mask, IN_ONLYDIR, told, userdata);
}

struct watch *watch_file_new(
	struct watcher *watcher, const char *file, uint32_t mask, watch_fn *told, void *userdata)
{
	return watcher_watch(watcher, file, mask, 0, told, userdata);
}

/* Whether another watch, which is not freed, watches the same folder or file. */
static bool watch_is_shared(const struct watch *watch)
{
	struct watch *other = *watcher_bucket(watch->watcher, watch->wd);

	while ((other = watch_of(other, watch->wd)) && (other == watch || !other->told)) {
		other = other->next;
	}
	return other;
}

void watch_free(struct watch *watch)
{
	struct watcher *watcher;

	if (!watch) {
		return;
	}
	watcher = watch->watcher;
	if (watch->wd >= 0 && !watch_is_shared(watch)) {
		inotify_rm_watch(watcher->inotify, watch->wd);
	}
	watch->told = NULL;
	if (!watcher->telling) {
		watch_destroy(watch);
		watcher_fit(watcher);
		return;
	}
	if ((watcher->dead_count & (watcher->dead_count - 1)) == 0) {
		watcher->dead = mem_resize(watcher->dead,
			watcher->dead_count ? 2 * watcher->dead_count : 1, sizeof(struct watch *));
	}
	watcher->dead[watcher->dead_count++] = watch;
}

const char *watch_why(int error)
{
	switch (error) {
	case ENOSPC:
		return "the limit of watched folders is reached: raise fs.inotify.max_user_watches";
	case EMFILE:
		return "the limit of inotify instances is reached: raise "
		       "fs.inotify.max_user_instances";
	}
	return strerror(error);
}
