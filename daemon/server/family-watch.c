/* SPDX-License-Identifier: MIT */
#include "server/family-watch.h"

#include <string.h>
#include <sys/stat.h>

#include "server/procfs.h"
#include "util/mem.h"
#include "util/mounts-files.h"

/* 0 if it cannot be known without waiting for a file server. */
static ino_t inode_of(const char *file)
{
	struct statx st;

	return mounts_stat(file, &st) == 0 ? st.stx_ino : 0;
}

struct watched {
	ino_t file, folder;
};

static bool watches_neither(int process, pid_t pid, void *userdata)
{
	const struct watched *watched = userdata;

	return !(watched->file && procfs_watches(process, watched->file)) &&
		!(watched->folder && procfs_watches(process, watched->folder));
}

static bool family_watches(pid_t root, const char *file)
{
	_cleanup_free_ char *folder = mem_strdup(file);
	char *slash = strrchr(folder, '/');
	struct watched watched = {.file = inode_of(file)};

	if (slash) {
		slash[slash == folder] = '\0';
	}
	watched.folder = inode_of(folder);
	return !procfs_each_below(root, watches_neither, &watched);
}

static bool watches_nothing(int process, pid_t pid, void *userdata)
{
	const pid_t *worker = userdata;

	return pid == *worker || !procfs_has_inotify(process, FAMILY_WATCH_FDS_MAX);
}

/* Whether a process of the family watches anything, besides the worker. */
static bool is_watching(pid_t root, pid_t worker)
{
	return !procfs_each_below(root, watches_nothing, &worker);
}

void family_watch_note(struct family_watch *watch, pid_t root, pid_t worker)
{
	*watch = (struct family_watch){
		.root = root,
		.worker = worker,
		.watched = is_watching(root, worker),
	};
}

/* A process that ends closes its descriptors first, and may then be a zombie for a while. */
static bool have_ended(const struct family_watch *watch)
{
	return watch->watched && !is_watching(watch->root, watch->worker);
}

bool family_watch_sees(const struct family_watch *watch, const char *file)
{
	return watch->root && (family_watches(watch->root, file) || have_ended(watch));
}
