/* SPDX-License-Identifier: MIT */
#include "sources/watcher.h"

#include <errno.h>
#include <search.h>
#include <stdalign.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "util/mem.h"

/* How much is read at once: many events, or one with the longest name. */
enum { WATCHER_READ_BYTES = 16 * 1024, WATCHER_DRAIN_READS = 64 };

/* A folder that inotify watches. */
struct folder {
	int wd;
	struct watch *first;
};

struct watch {
	struct watcher *watcher;
	struct folder *folder; /* NULL once it is gone */
	uint32_t mask;
	watch_fn *told; /* NULL: freed while events are being delivered */
	void *userdata;
	struct watch *next; /* of the folder */
	struct watch *all_next; /* of the watcher */
};

struct watcher {
	int inotify;
	int error; /* why there is no inotify */
	struct loop_fd *fd;
	void *folders; /* by watch descriptor */
	struct watch *all;
	bool telling;
};

static int folder_compare(const void *a, const void *b)
{
	int x = ((const struct folder *)a)->wd, y = ((const struct folder *)b)->wd;

	return (x > y) - (x < y);
}

static struct folder *watcher_find(struct watcher *watcher, int wd)
{
	struct folder key = {.wd = wd};
	struct folder **node = tfind(&key, &watcher->folders, folder_compare);

	return node ? *node : NULL;
}

static void watch_destroy(struct watch *watch)
{
	for (struct watch **at = &watch->watcher->all; *at; at = &(*at)->all_next) {
		if (*at == watch) {
			*at = watch->all_next;
			break;
		}
	}
	free(watch);
}

/* Detaches the folder from its watches. */
static void folder_free(struct watcher *watcher, struct folder *folder)
{
	for (struct watch *watch = folder->first; watch; watch = watch->next) {
		watch->folder = NULL;
	}
	tdelete(folder, &watcher->folders, folder_compare);
	free(folder);
}

static void watcher_tell(struct watcher *watcher, const struct inotify_event *event)
{
	struct folder *folder = event->wd >= 0 ? watcher_find(watcher, event->wd) : NULL;
	uint32_t always = IN_IGNORED | IN_Q_OVERFLOW;

	for (struct watch *watch = watcher->all; watch; watch = watch->all_next) {
		bool concerned = event->mask & IN_Q_OVERFLOW || (folder && watch->folder == folder);

		if (concerned && watch->told && event->mask & (watch->mask | always)) {
			watch->told(event->mask, event->len ? event->name : "", watch->userdata);
		}
	}
	if (event->mask & IN_IGNORED && folder && watcher_find(watcher, event->wd) == folder) {
		folder_free(watcher, folder);
	}
}

/* One read; false if there was nothing to read. */
static bool watcher_read(struct watcher *watcher)
{
	alignas(struct inotify_event) char bytes[WATCHER_READ_BYTES];
	ssize_t n = read(watcher->inotify, bytes, sizeof bytes);
	struct watch *next;

	watcher->telling = true;
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *event = (const void *)(bytes + at);

		watcher_tell(watcher, event);
		at += (ssize_t)(sizeof *event + event->len);
	}
	watcher->telling = false;
	for (struct watch *watch = watcher->all; watch; watch = next) {
		next = watch->all_next;
		if (!watch->told) {
			watch_destroy(watch);
		}
	}
	return n > 0;
}

static void watcher_on_event(uint32_t events, void *userdata)
{
	watcher_read(userdata);
}

void watcher_drain(struct watcher *watcher)
{
	/* A program that writes all the time must not keep us in this loop. */
	for (int i = 0; i < WATCHER_DRAIN_READS && !watcher->telling; i++) {
		if (!watcher_read(watcher)) {
			break;
		}
	}
}

struct watcher *watcher_new(struct loop *loop)
{
	struct watcher *watcher = mem_new(struct watcher);

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
		free(watcher);
	}
}

struct watch *watch_new(
	struct watcher *watcher, const char *folder, uint32_t mask, watch_fn *told, void *userdata)
{
	struct watch *watch;
	struct folder *known;
	int wd;

	if (watcher->inotify < 0) {
		errno = watcher->error;
		return NULL;
	}
	wd = inotify_add_watch(watcher->inotify, folder,
		mask | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK | IN_MASK_ADD);
	if (wd < 0) {
		return NULL;
	}
	known = watcher_find(watcher, wd);
	if (!known) {
		known = mem_new(struct folder);
		known->wd = wd;
		if (!tsearch(known, &watcher->folders, folder_compare)) {
			abort();
		}
	}
	watch = mem_new(struct watch);
	*watch = (struct watch){
		.watcher = watcher,
		.folder = known,
		.mask = mask,
		.told = told,
		.userdata = userdata,
		.next = known->first,
		.all_next = watcher->all,
	};
	known->first = watch;
	watcher->all = watch;
	return watch;
}

void watch_free(struct watch *watch)
{
	if (!watch) {
		return;
	}
	if (watch->folder) {
		struct folder *folder = watch->folder;
		struct watch **at = &folder->first;

		while (*at != watch) {
			at = &(*at)->next;
		}
		*at = watch->next;
		if (!folder->first) {
			inotify_rm_watch(watch->watcher->inotify, folder->wd);
			folder_free(watch->watcher, folder);
		}
		watch->folder = NULL;
	}
	watch->told = NULL;
	if (!watch->watcher->telling) {
		watch_destroy(watch);
	}
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
