/* SPDX-License-Identifier: MIT */
#include "sources/folder-tree-private.h"

#include <sys/stat.h>

#include "util/mem.h"
#include "util/mounts-files.h"

static void folder_on_folder(struct folder *folder, uint32_t mask, const char *name)
{
	struct folder_tree *tree = folder->tree;
	struct folder *inner = folder_find(folder, name);

	if (strcmp(name, ".git") == 0 && folder->parent && mask & (IN_CREATE | IN_MOVED_TO)) {
		folder_drop(folder); /* it has become a repository of its own */
		return;
	}
	if (inner) {
		folder_drop(inner);
	}
	if (inner && mask & IN_MOVED_FROM) {
		_cleanup_free_ char *path = folder_path(folder, name);

		tree->callbacks.event(TREE_FOLDER_GONE, path, tree->userdata);
	}
	/* The scan of its parent checks whether .gitignore ignores it. */
	if (mask & (IN_CREATE | IN_MOVED_TO) && folder_wants(folder, name)) {
		if (!tree_enter(tree, folder, name, SCAN_TELL)) {
			_cleanup_free_ char *path = folder_path(folder, name);

			tree->callbacks.event(TREE_FOLDER_MISSED, path, tree->userdata);
		}
		tree_next(tree);
	}
}

/*
 * A link is complete when it is created, and so is a file that was written without a name
 * (O_TMPFILE). If a program has begun to write the file, that follows as IN_MODIFY.
 */
static enum tree_event created_event(struct folder_tree *tree, const char *file)
{
	struct statx st;

	if (mounts_lstat(file, &st) < 0) {
		return TREE_BEGUN;
	}
	if (S_ISREG(st.stx_mode) && st.stx_nlink > 1) {
		tree->recheck = true; /* finds the file's other names in the project */
		tree_next(tree);
		return TREE_DONE;
	}
	return S_ISREG(st.stx_mode) && st.stx_size == 0 ? TREE_BEGUN : TREE_DONE;
}

static void folder_on_file(struct folder *folder, uint32_t mask, const char *name)
{
	struct folder_tree *tree = folder->tree;
	_cleanup_free_ char *file = folder_path(folder, name);
	enum tree_event event = TREE_BEGUN;

	if (mask & IN_CLOSE_WRITE) {
		event = TREE_CLOSED;
	} else if (mask & IN_MOVED_TO) {
		event = TREE_DONE;
	} else if (mask & (IN_DELETE | IN_MOVED_FROM)) {
		event = TREE_GONE;
	} else if (mask & IN_CREATE) {
		event = created_event(tree, file);
	}
	if ((event == TREE_CLOSED || event == TREE_DONE) && strcmp(name, ".git") == 0 &&
		!folder->queued) {
		tree_queue(tree, folder, SCAN_RECHECK); /* a submodule, or another's work tree */
		tree_next(tree);
	}
	if (event != TREE_BEGUN && strcmp(name, ".gitignore") == 0) {
		tree->recheck = true;
		tree_next(tree);
	}
	tree->callbacks.event(event, file, tree->userdata);
}

void tree_on_event(uint32_t mask, const char *name, void *userdata)
{
	struct folder *folder = userdata;
	struct folder_tree *tree = folder->tree;

	if (mask & IN_Q_OVERFLOW) {
		/* Each folder receives this event; the root's handles it for all. */
		if (!folder->parent) {
			tree->lost = true;
			folder_tree_look(tree);
		}
	} else if (mask & IN_IGNORED) {
		folder_drop(folder);
	} else if (mask & IN_ISDIR && mask & IN_MODIFY) {
		return; /* tar or rsync has set the folder's modification time */
	} else if (mask & IN_ISDIR && *name) {
		folder_on_folder(folder, mask, name);
	} else if (*name) {
		folder_on_file(folder, mask, name);
	}
}
