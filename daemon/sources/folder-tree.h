/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The watched folders of one project, each with its inotify watch, from the root down,
 * nearest first. A folder is watched before it is scanned, so that no change is missed in
 * between; scans run on the worker thread.
 *
 * Not watched: folders that .gitignore ignores; those that `wants` rejects; those of
 * version control and of installed packages (see folder_is_known()); other repositories,
 * except submodules, and folders with a .savecast; folders behind a symbolic link; network
 * and FUSE file systems. When something is mounted or unmounted, everything is compared.
 */

#include "util/loop.h"
#include "sources/file-table.h"
#include "sources/watcher.h"

enum { TREE_FOLDERS_ALL_MAX = 64 * 1024 }; /* of all projects */

enum tree_event {
	TREE_BEGUN, /* the file is being written */
	TREE_CLOSED, /* it is complete: closed after it was open for writing */
	TREE_DONE, /* it is complete: moved into place, a link, or found by a scan */
	TREE_GONE, /* deleted, or moved away */
	TREE_FOLDER_GONE, /* a folder was moved away, with everything in it */
	TREE_FOLDER_MISSED, /* a folder came, and was gone before it could be watched */
};

struct tree_callbacks {
	/* `file` is absolute. */
	void (*event)(enum tree_event event, const char *file, void *userdata);
	/* A scan found a file that has several names. */
	void (*linked)(const char *file, void *userdata);
	/* Whether the project's rules accept the folder, which is relative to the root. Pure. */
	bool (*wants)(const char *folder, void *userdata);
	/*
	 * All folders have been scanned. `lost`: because events were lost. Then, and after
	 * folder_tree_mount_changed(), files that differ from what was recorded were reported as
	 * TREE_DONE, and `gone` files with unknown names are there no longer.
	 */
	void (*looked)(bool lost, size_t gone, void *userdata);
	/*
	 * Something cannot be watched: "<what>: <why>", may be invalid UTF-8. NULL:
	 * everything is watched.
	 */
	void (*problem)(const char *text, void *userdata);
};

struct tree_rules {
	bool gitignored; /* .gitignore is not checked */
	bool far_too; /* network and FUSE file systems are watched too */
	unsigned folders_max;
};

struct folder_tree;

/* Begins to watch. Fills `table` with the existing files. Borrows everything. */
struct folder_tree *folder_tree_new(struct loop *loop, struct watcher *watcher, const char *root,
	const struct tree_rules *rules, struct file_table *table,
	const struct tree_callbacks *callbacks, void *userdata);
void folder_tree_free(struct folder_tree *tree);

/* Whether all folders have been scanned. */
bool folder_tree_is_whole(const struct folder_tree *tree);
/* Scans everything once more, as soon as the worker has time. */
void folder_tree_look(struct folder_tree *tree);
/* A mount answers: watches it if it is below the root and should be watched. */
void folder_tree_mount_answers(struct folder_tree *tree, const char *mount);
/*
 * Something was mounted or unmounted at `name`: scans everything once more if `name` is in a watched
 * folder, or if the root is below it. `hides`: files that are there no longer count as deleted.
 */
void folder_tree_mount_changed(struct folder_tree *tree, const char *name, bool hides);
unsigned folder_tree_count(const struct folder_tree *tree);
/* Whether the folder with this absolute path is watched. */
bool folder_tree_has(const struct folder_tree *tree, const char *path);

/* Whether a folder with this name contains nothing that users write: .hg, node_modules. */
bool folder_is_known(const char *name);
