/* SPDX-License-Identifier: MIT */
#include "config/file-watch.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/mounts-files.h"
#include "util/mounts.h"

#define LOG_MODULE "watch"
#include "util/log.h"

/* IN_ATTRIB shows that a name of the file was removed: it was replaced or deleted. */
#define FILE_MASK (IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF)
#define COMES_MASK (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)
#define FOLDER_MASK (COMES_MASK | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_DELETE)

struct file_watch {
	struct file_watcher *watcher;
	char *folder, *name, *path;
	bool folder_too;
	int of_file, of_folder; /* watch descriptors, or -1 */
	bool dirty;
	bool waits; /* its mount does not answer: dirty until it does */
	struct loop_timer *settle; /* NULL unless the file has disappeared */
	file_watch_fn *changed;
	void *userdata;
	struct file_watch *next, **back;
};

struct file_watcher {
	struct loop *loop;
	int fd;
	struct loop_fd *ready;
	struct file_watch *first;
};

static void watch_drop(const struct file_watch *watch, int descriptor)
{
	if (descriptor < 0) {
		return;
	}
	/* The kernel has one watch descriptor per file, even if it is watched twice. */
	for (const struct file_watch *other = watch->watcher->first; other; other = other->next) {
		if (other != watch &&
			(other->of_file == descriptor || other->of_folder == descriptor)) {
			return;
		}
	}
	inotify_rm_watch(watch->watcher->fd, descriptor);
}

/* Its new watch descriptor; `old` if its mount does not answer. */
static int arm_one(struct file_watch *watch, int old, const char *path, uint32_t mask)
{
	int fd = watch->watcher->fd;
	int descriptor = watch->folder_too ? mounts_watch_linked(fd, path, mask)
					   : mounts_watch(fd, path, mask);

	if (descriptor < 0 && errno == EAGAIN) {
		watch->dirty = watch->waits = true;
		return old;
	}
	return descriptor;
}

static void watch_arm(struct file_watch *watch)
{
	int file = watch->of_file, folder = watch->of_folder;

	watch->of_file = arm_one(watch, file, watch->path,
		FILE_MASK | (watch->folder_too ? 0 : IN_DONT_FOLLOW));
	if (watch->of_file < 0 && errno == ENOSPC) {
		log_warning("%s: cannot be watched: fs.inotify.max_user_watches is reached; a "
			    "change takes effect only when it is saved from an editor",
			watch->path);
	}
	watch->of_folder =
		watch->folder_too    ? arm_one(watch, folder, watch->folder, FOLDER_MASK)
		: watch->of_file < 0 ? arm_one(watch, folder, watch->folder, COMES_MASK)
				     : -1;
	if (file != watch->of_file) {
		watch_drop(watch, file);
	}
	if (folder != watch->of_folder) {
		watch_drop(watch, folder);
	}
}

static void mark(struct file_watcher *watcher, const struct inotify_event *event)
{
	for (struct file_watch *watch = watcher->first; watch; watch = watch->next) {
		if (event->mask & IN_Q_OVERFLOW || event->wd == watch->of_file ||
			(event->wd == watch->of_folder &&
				(event->len == 0 || strcmp(event->name, watch->name) == 0))) {
			watch->dirty = true;
		}
		if (event->mask & IN_IGNORED && event->wd == watch->of_file) {
			watch->of_file = -1;
		}
		if (event->mask & IN_IGNORED && event->wd == watch->of_folder) {
			watch->of_folder = -1;
		}
	}
}

static struct file_watch *first_dirty(const struct file_watcher *watcher)
{
	struct file_watch *watch = watcher->first;

	while (watch && !(watch->dirty && !watch->waits && mounts_ready(watch->folder))) {
		watch = watch->next;
	}
	return watch;
}

static void read_events(struct file_watcher *watcher)
{
	_Alignas(struct inotify_event) char bytes[8192];
	ssize_t n = read(watcher->fd, bytes, sizeof bytes);

	for (char *at = bytes; n > 0 && at < bytes + n;) {
		const struct inotify_event *event = (const void *)at;

		mark(watcher, event);
		at += sizeof *event + event->len;
	}
}

/* The file did not come back. The callback may free the watch. */
static void on_settled(void *userdata)
{
	struct file_watch *watch = userdata;
	struct file_watcher *watcher = watch->watcher;

	/* On a busy machine, it may have come back without the daemon having read that yet. */
	read_events(watcher);
	if (!watch->dirty) {
		loop_timer_free(mem_steal(watch->settle));
		watch->changed(true, watch->userdata);
	}
	file_watcher_resume(watcher); /* the events of other files, too */
}

/* The callback may free the watch. */
static void tell(struct file_watch *watch)
{
	struct loop_timer *settle = mem_steal(watch->settle);

	if (watch->changed(false, watch->userdata)) {
		loop_timer_free(settle);
		return;
	}
	/* From the last change on: a file that is written again and again may be empty at each look. */
	watch->settle = settle ? settle : loop_timer_new(watch->watcher->loop, on_settled, watch);
	loop_timer_set(watch->settle, clock_now_usec() + FILE_SETTLE_USEC);
}

static void on_ready(uint32_t events, void *userdata)
{
	read_events(userdata);
	file_watcher_resume(userdata);
}

void file_watcher_resume(struct file_watcher *watcher)
{
	struct file_watch *watch;

	if (!watcher) {
		return;
	}
	for (watch = watcher->first; watch; watch = watch->next) {
		watch->waits = false;
	}
	while ((watch = first_dirty(watcher))) {
		watch->dirty = false;
		watch_arm(watch); /* before the file is read, so that no change is missed */
		if (!watch->waits) {
			tell(watch);
		}
	}
}

struct file_watcher *file_watcher_new(struct loop *loop)
{
	struct file_watcher *watcher;
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0) {
		return NULL;
	}
	watcher = mem_new(struct file_watcher);
	watcher->loop = loop;
	watcher->fd = fd;
	watcher->ready = loop_fd_new(loop, fd, EPOLLIN, on_ready, watcher);
	return watcher;
}

void file_watcher_free(struct file_watcher *watcher)
{
	if (watcher) {
		loop_fd_free(watcher->ready);
		close(watcher->fd);
		free(watcher);
	}
}

struct file_watch *file_watch_new(struct file_watcher *watcher, const char *folder,
	const char *name, bool folder_too, file_watch_fn *changed, void *userdata)
{
	struct file_watch *watch = mem_new(struct file_watch);

	*watch = (struct file_watch){
		.watcher = watcher,
		.folder = mem_strdup(folder),
		.name = mem_strdup(name),
		.path = mem_printf("%s/%s", strcmp(folder, "/") ? folder : "", name),
		.folder_too = folder_too,
		.of_file = -1,
		.of_folder = -1,
		.changed = changed,
		.userdata = userdata,
	};
	if (watcher) {
		watch->next = watcher->first;
		watch->back = &watcher->first;
		watcher->first = watch;
		if (watch->next) {
			watch->next->back = &watch->next;
		}
		watch_arm(watch);
	}
	return watch;
}

void file_watch_renew(struct file_watch *watch)
{
	if (watch && watch->watcher) {
		watch_arm(watch);
	}
}

void file_watch_free(struct file_watch *watch)
{
	if (!watch) {
		return;
	}
	if (watch->watcher) {
		watch_drop(watch, watch->of_file);
		watch_drop(watch, watch->of_folder);
		*watch->back = watch->next;
		if (watch->next) {
			watch->next->back = watch->back;
		}
	}
	loop_timer_free(watch->settle);
	free(watch->folder);
	free(watch->name);
	free(watch->path);
	free(watch);
}
