/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The folders of one project that are watched, each with its watch, from the root down,
 * nearest first. A folder is watched before it is looked into, so that nothing falls
 * into the gap; it is looked into on the worker thread.
 *
 * Not watched: what .gitignore ignores, what `wants` does not want, folders of version
 * control and of installed packages (see folder_is_known()), repositories of their own
 * and folders with a .savecast, but submodules are; what lies beyond a symbolic link; a
 * network or FUSE file system.
 */

#include "util/loop.h"
#include "sources/file-table.h"
#include "sources/watcher.h"

enum { TREE_FOLDERS_ALL_MAX = 64 * 1024 }; /* of all projects */

enum tree_event {
	TREE_BEGUN, /* the file is being written */
	TREE_DONE, /* it is whole: closed, or moved into place */
	TREE_GONE, /* deleted, or moved away */
	TREE_FOLDER_GONE, /* a folder was moved away, with all in it */
};

struct tree_callbacks {
	/* `file` is absolute. */
	void (*event)(enum tree_event event, const char *file, void *userdata);
	/* Whether the folder, relative to the root, is the project's own by its rules. Pure. */
	bool (*wants)(const char *folder, void *userdata);
	/*
	 * All folders have been looked into. `lost`: because events were; what is not as
	 * noted was told as TREE_DONE, and `gone` files are gone whose names are not known.
	 */
	void (*looked)(bool lost, size_t gone, void *userdata);
	/* Something cannot be watched: "<what>: <why>", UTF-8 or not. NULL: all is. */
	void (*problem)(const char *text, void *userdata);
};

struct tree_rules {
	bool gitignored; /* .gitignore is not asked */
	bool far_too; /* network and FUSE file systems are watched as well */
	unsigned folders_max;
};

struct folder_tree;

/* Begins to watch. `table` is filled with the files that there are. All is borrowed. */
struct folder_tree *folder_tree_new(struct loop *loop, struct watcher *watcher, const char *root,
	const struct tree_rules *rules, struct file_table *table,
	const struct tree_callbacks *callbacks, void *userdata);
void folder_tree_free(struct folder_tree *tree);

/* All folders have been looked into. */
bool folder_tree_is_whole(const struct folder_tree *tree);
/* Looks at everything once more, as soon as the worker has time. */
void folder_tree_look(struct folder_tree *tree);
unsigned folder_tree_count(const struct folder_tree *tree);
/* Whether the folder with this absolute path is watched. */
bool folder_tree_has(const struct folder_tree *tree, const char *path);

/* A folder of such a name holds what no person writes: .hg, node_modules. */
bool folder_is_known(const char *name);
