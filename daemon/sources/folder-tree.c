/* SPDX-License-Identifier: MIT */
#include "sources/folder-tree-private.h"

#include <errno.h>
#include <stdio.h>

#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"

#define TREE_MASK                                                                                  \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_MODIFY |        \
		IN_MOVE_SELF)

static unsigned all_count; /* of all trees; on the loop's thread only */

bool folder_is_known(const char *name)
{
	static const char *const names[] = {".git", ".git-rewrite", ".hg", ".svn", ".jj", ".bzr",
		"_darcs", "CVS", "node_modules", "bower_components", "__pycache__", ".venv", ".tox",
		".cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".sass-cache",
		".parcel-cache", ".next", ".nuxt", ".svelte-kit", ".astro", ".turbo", ".idea",
		".vscode"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			return true;
		}
	}
	return false;
}

char *folder_path(const struct folder *folder, const char *name)
{
	size_t length = strlen(name);
	const char *root = folder->tree->root;
	size_t rooted = strcmp(root, "/") ? strlen(root) : 0;
	char *path, *at;

	for (const struct folder *up = folder; up->parent; up = up->parent) {
		length += strlen(up->name) + 1;
	}
	path = mem_alloc(rooted + length + 2);
	memcpy(path, root, rooted);
	at = path + rooted + length + (*name != '\0');
	*at = '\0';
	if (*name) {
		at -= strlen(name);
		memcpy(at, name, strlen(name));
		*--at = '/';
	}
	for (const struct folder *up = folder; up->parent; up = up->parent) {
		at -= strlen(up->name);
		memcpy(at, up->name, strlen(up->name));
		*--at = '/';
	}
	return path;
}

struct folder *folder_find(const struct folder *folder, const char *name)
{
	struct folder *inner = folder->first;

	while (inner && strcmp(inner->name, name) != 0) {
		inner = inner->next;
	}
	return inner;
}

/* Removes it from the queue and from the scan in progress. */
static void folder_forget(struct folder *folder)
{
	struct folder_tree *tree = folder->tree;

	for (size_t i = tree->queue_at; folder->queued && i < tree->queue_end; i++) {
		if (tree->queue[i] == folder) {
			tree->queue[i] = NULL;
		}
	}
	for (size_t i = 0; folder->looked && i < tree->look->scan->count; i++) {
		if (tree->look->scan->folders[i].owner == folder) {
			tree->look->scan->folders[i].owner = NULL;
		}
	}
}

/* Frees it and everything in it; its parent's list no longer has it. */
static void folder_free(struct folder *folder)
{
	struct folder *inner = folder->first;

	while (inner) {
		struct folder *next = inner->next;

		folder_free(inner);
		inner = next;
	}
	folder_forget(folder);
	watch_free(folder->watch);
	folder->tree->count--;
	all_count--;
	free(folder);
}

void folder_drop(struct folder *folder)
{
	struct folder **at = folder->parent ? &folder->parent->first : &folder->tree->top;

	while (*at != folder) {
		at = &(*at)->next;
	}
	*at = folder->next;
	folder_free(folder);
}

void tree_queue(struct folder_tree *tree, struct folder *folder, enum scan_kind kind)
{
	if (tree->queue_end == tree->queue_size) {
		tree->queue_size = tree->queue_size ? 2 * tree->queue_size : 16;
		tree->queue = mem_resize(tree->queue, tree->queue_size, sizeof(struct folder *));
	}
	folder->queued = true;
	folder->kind = (uint8_t)kind;
	tree->queue[tree->queue_end++] = folder;
}

static bool tree_is_full(struct folder_tree *tree, const char *path)
{
	if (tree->count < tree->rules.folders_max && all_count < TREE_FOLDERS_ALL_MAX) {
		return false;
	}
	if (!tree->full) {
		char why[192];

		tree->full = true;
		snprintf(why, sizeof why,
			"is not watched, nor is anything farther from the root: %u folders are "
			"watched; "
			"ignore those that matter less with savecast.ignore, or raise "
			"savecast.watch-folders",
			tree->count);
		tree_problem(tree, path, why);
	}
	return true;
}

bool tree_enter(
	struct folder_tree *tree, struct folder *parent, const char *name, enum scan_kind kind)
{
	_cleanup_free_ char *path = parent ? folder_path(parent, name) : mem_strdup(tree->root);
	struct folder *folder;
	bool gone;

	if (tree_is_full(tree, path)) {
		return true;
	}
	if (mounts_is_apart(path, tree->root) && !tree->rules.far_too) {
		tree_problem(tree, path, TREE_FAR);
		return true;
	}
	folder = mem_zero(sizeof *folder + strlen(name) + 1);
	folder->tree = tree;
	folder->parent = parent;
	strcpy(folder->name, name);
	folder->watch = watch_new(tree->watcher, path, TREE_MASK, tree_on_event, folder);
	if (!folder->watch) {
		gone = errno == ENOENT;
		if (errno == EAGAIN) {
			tree_problem(tree, path, "does not answer: it is not watched");
		} else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) {
			tree_problem(tree, path, watch_why(errno));
		}
		free(folder);
		return !gone;
	}
	tree->count++;
	all_count++;
	if (parent) {
		folder->next = parent->first;
		parent->first = folder;
	} else {
		tree->top = folder;
	}
	tree_queue(tree, folder, kind);
	return true;
}

bool folder_wants(const struct folder *parent, const char *name)
{
	const struct folder_tree *tree = parent->tree;
	_cleanup_free_ char *path = folder_is_known(name) ? NULL : folder_path(parent, name);

	return path &&
		tree->callbacks.wants(
			path + strlen(tree->root) + (strcmp(tree->root, "/") != 0), tree->userdata);
}

struct folder_tree *folder_tree_new(struct loop *loop, struct watcher *watcher, const char *root,
	const struct tree_rules *rules, struct file_table *table,
	const struct tree_callbacks *callbacks, void *userdata)
{
	struct folder_tree *tree = mem_new(struct folder_tree);

	*tree = (struct folder_tree){
		.loop = loop,
		.watcher = watcher,
		.root = mem_strdup(root),
		.rules = *rules,
		.table = table,
		.callbacks = *callbacks,
		.userdata = userdata,
		.left = SCAN_BYTES_MAX,
	};
	tree_enter(tree, NULL, "", SCAN_NOTE);
	tree_next(tree);
	return tree;
}

void folder_tree_free(struct folder_tree *tree)
{
	if (!tree) {
		return;
	}
	if (tree->top) {
		folder_free(tree->top);
	}
	if (tree->look) {
		tree->look->tree = NULL;
	}
	free(tree->queue);
	free(tree->root);
	free(tree);
}

bool folder_tree_is_whole(const struct folder_tree *tree)
{
	return !tree->look;
}

void folder_tree_look(struct folder_tree *tree)
{
	tree->again = true;
	if (!tree->look) {
		tree_next(tree);
	}
}

unsigned folder_tree_count(const struct folder_tree *tree)
{
	return tree->count;
}

bool folder_tree_has(const struct folder_tree *tree, const char *path)
{
	const struct folder *folder = pathname_is_below(path, tree->root) ? tree->top : NULL;
	const char *at = folder ? path + strlen(tree->root) : "";

	at += *at == '/';
	while (folder && *at) {
		size_t length = strcspn(at, "/");
		const struct folder *inner = folder->first;

		while (inner && (strncmp(inner->name, at, length) != 0 || inner->name[length])) {
			inner = inner->next;
		}
		folder = inner;
		at += length + (at[length] == '/');
	}
	return folder;
}
