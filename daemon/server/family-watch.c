/* SPDX-License-Identifier: MIT */
#include "server/family-watch.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/process.h"
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

static bool watches(int process, const struct watched *watched)
{
	return (watched->file && procfs_watches(process, watched->file)) ||
		(watched->folder && procfs_watches(process, watched->folder));
}

static bool family_watches(pid_t root, const char *file)
{
	_cleanup_free_ char *folder = mem_strdup(file);
	pid_t family[DESCENDANTS_MAX] = {root};
	char *slash = strrchr(folder, '/');
	struct watched watched = {.file = inode_of(file)};
	bool found = false;
	size_t count = 1;

	if (slash) {
		slash[slash == folder] = '\0';
	}
	watched.folder = inode_of(folder);
	for (size_t i = 0; i < count && !found; i++) {
		int process = procfs_open(family[i]);

		if (process >= 0) {
			found = watches(process, &watched);
			count += procfs_children(process, &family[count], DESCENDANTS_MAX - count);
			close(process);
		}
	}
	return found;
}

/* Whether a process of the family watches anything, besides the worker. */
static bool is_watching(pid_t root, pid_t worker)
{
	pid_t family[DESCENDANTS_MAX] = {root};
	bool found = false;
	size_t count = 1;

	for (size_t i = 0; i < count && !found; i++) {
		int process = procfs_open(family[i]);

		if (process < 0) {
			continue;
		}
		found = family[i] != worker && procfs_has_inotify(process, FAMILY_WATCH_FDS_MAX);
		count += procfs_children(process, &family[count], DESCENDANTS_MAX - count);
		close(process);
	}
	return found;
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
