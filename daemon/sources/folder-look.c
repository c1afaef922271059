/* SPDX-License-Identifier: MIT */
#include "sources/folder-tree-private.h"

#include "util/mem.h"
#include "util/mounts.h"
#include "util/pathname.h"

void tree_problem(struct folder_tree *tree, const char *path, const char *why)
{
	_cleanup_free_ char *text = mem_printf("%s: %s", path, why);

	tree->callbacks.problem(text, tree->userdata);
}

static void tree_take_file(
	struct folder_tree *tree, const struct scan_file *file, enum scan_kind kind)
{
	struct file_note before, note = {file->content, file->ignored};
	bool known = file_table_find(tree->table, file->key, &before);

	if (file->linked) {
		tree->callbacks.linked(file->name, tree->userdata);
	}
	switch (kind) {
	case SCAN_NOTE:
		file_table_put(tree->table, file->key, &note);
		break;
	case SCAN_TELL:
		if (!file->ignored) {
			tree->callbacks.event(TREE_DONE, file->name, tree->userdata);
		}
		break;
	case SCAN_RECHECK:
		/* An unknown file has just appeared, and will be reported. */
		if (known && before.ignored != file->ignored) {
			file_table_put(tree->table, file->key, &note);
		} else if (known && file->linked && !file->ignored &&
			before.content != file->content) {
			/* By another name, before the link was known; perhaps not completely yet. */
			tree->callbacks.event(TREE_BEGUN, file->name, tree->userdata);
		}
		break;
	case SCAN_COMPARE:
		if (!file->ignored &&
			(!known || !before.content || before.content != file->content)) {
			tree->callbacks.event(TREE_DONE, file->name, tree->userdata);
		}
		if (known) {
			/* Its earlier contents are compared when the file is read. */
			before.ignored = file->ignored;
			file_table_put(tree->table, file->key, &before);
		}
		break;
	}
}

static void tree_take(struct folder_tree *tree, const struct scan_folder *scanned)
{
	struct folder *folder = scanned->owner;

	if (!folder) {
		return; /* it was removed meanwhile */
	}
	folder->looked = false;
	if (scanned->far) {
		tree_problem(tree, scanned->path, TREE_FAR);
	}
	if (scanned->far || scanned->other) {
		folder_drop(folder);
		return;
	}
	for (size_t i = 0; i < scanned->file_count; i++) {
		tree_take_file(tree, &scanned->files[i], scanned->kind);
	}
	for (size_t i = 0; i < scanned->folder_count; i++) {
		const char *name = scanned->folders[i];

		if (!folder_find(folder, name) && folder_wants(folder, name)) {
			tree_enter(tree, folder, name,
				scanned->kind == SCAN_RECHECK ? SCAN_NOTE : scanned->kind);
		}
	}
}

static void on_scan(void *userdata)
{
	scan_run(((struct look *)userdata)->scan);
}

static void on_scanned(void *userdata)
{
	_cleanup_free_ struct look *look = userdata;
	struct folder_tree *tree = look->tree;

	if (tree) {
		for (size_t i = 0; i < look->scan->count; i++) {
			tree_take(tree, &look->scan->folders[i]);
		}
		tree->look = NULL;
		tree->left = look->scan->left;
		tree_next(tree);
	}
	scan_free(look->scan);
}

/* Everything has been scanned. */
static void tree_end_look(struct folder_tree *tree)
{
	bool lost = tree->comparing && tree->lost, mounted = tree->comparing && tree->mounted;
	size_t gone = tree->comparing ? file_table_sweep(tree->table) : 0;

	tree->queue_at = tree->queue_end = tree->queue_size = 0;
	free(tree->queue);
	tree->queue = NULL;
	tree->comparing = tree->lost = tree->mounted = false;
	tree->callbacks.looked(lost, lost || mounted ? gone : 0, tree->userdata);
}

/* Starts from the root, since folders may have been moved. */
static void tree_restart(struct folder_tree *tree)
{
	tree->again = false;
	tree->full = false;
	tree->comparing = true;
	tree->left = SCAN_BYTES_MAX;
	tree->queue_at = tree->queue_end = 0;
	if (tree->top) {
		folder_drop(tree->top);
	}
	tree->callbacks.problem(NULL, tree->userdata);
	file_table_unsee(tree->table);
	tree_enter(tree, NULL, "", SCAN_COMPARE);
}

/* Queues all folders, those nearest to the root first. */
static void tree_recheck(struct folder_tree *tree)
{
	size_t at = tree->queue_end;

	tree->recheck = false;
	tree->full = false;
	tree->left = SCAN_BYTES_MAX;
	tree->callbacks.problem(NULL, tree->userdata);
	if (tree->top && !tree->top->queued) {
		tree_queue(tree, tree->top, SCAN_RECHECK);
	}
	for (; at < tree->queue_end; at++) {
		for (struct folder *inner = tree->queue[at]->first; inner; inner = inner->next) {
			if (!inner->queued) {
				tree_queue(tree, inner, SCAN_RECHECK);
			}
		}
	}
}

void tree_next(struct folder_tree *tree)
{
	struct scan *scan;

	if (tree->look) {
		return;
	}
	if (tree->again) {
		tree_restart(tree);
	} else if (tree->recheck && tree->queue_at == tree->queue_end) {
		tree_recheck(tree);
	}
	scan = scan_new(tree->root);
	scan->gitignored = tree->rules.gitignored;
	scan->far_too = tree->rules.far_too;
	scan->left = tree->left;
	mounts_copy(&scan->mounts);
	while (tree->queue_at < tree->queue_end && scan->count < SCAN_FOLDERS_MAX) {
		struct folder *folder = tree->queue[tree->queue_at++];

		if (folder) {
			folder->queued = false;
			folder->looked = true;
			scan->folders[scan->count++] = (struct scan_folder){.owner = folder,
				.path = folder_path(folder, ""),
				.kind = (enum scan_kind)folder->kind};
		}
	}
	if (!scan->count) {
		scan_free(scan);
		tree_end_look(tree);
		return;
	}
	tree->look = mem_new(struct look);
	*tree->look = (struct look){tree, scan};
	mounts_job(tree->loop, tree->root, on_scan, on_scanned, tree->look);
}

void folder_tree_mount_answers(struct folder_tree *tree, const char *mount)
{
	struct folder *parent =
		tree->rules.far_too && mounts_is_apart(mount, tree->root) ? tree->top : NULL;
	const char *at = parent && pathname_is_below(mount, tree->root)
		? mount + strlen(tree->root) + 1
		: NULL;

	while (at && parent) {
		size_t length = strcspn(at, "/");
		_cleanup_free_ char *name = mem_strndup(at, length);
		struct folder *folder = folder_find(parent, name);

		if (!at[length] && !folder && folder_wants(parent, name)) {
			if (!tree->full) {
				tree->callbacks.problem(NULL, tree->userdata);
			}
			tree_enter(tree, parent, name, SCAN_NOTE);
			tree_next(tree);
		}
		parent = folder;
		at = at[length] ? at + length + 1 : NULL;
	}
}

void folder_tree_mount_changed(struct folder_tree *tree, const char *name, bool hides)
{
	size_t length = (size_t)(strrchr(name, '/') - name);
	_cleanup_free_ char *parent = mem_strndup(name, length ? length : 1);

	/* The watches are still those of the folders that were there before. */
	if (pathname_is_below(tree->root, name) || folder_tree_has(tree, parent)) {
		tree->mounted |= hides;
		folder_tree_look(tree);
	}
}
