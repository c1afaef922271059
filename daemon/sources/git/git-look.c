/* SPDX-License-Identifier: MIT */
#include "sources/git/git-look.h"

#include <errno.h>
#include <malloc.h>
#include <git2.h>

#include "pipeline/content.h"
#include "sources/git/git-guard.h"
#include "util/mem.h"

struct git_look *git_look_new(const struct git_dir *dir)
{
	struct git_look *look = mem_new(struct git_look);

	look->dir = (struct git_dir){
		.path = mem_strdup(dir->path),
		.common = mem_strdup(dir->common),
		.top = mem_strdup(dir->top),
		.prefix = mem_strdup(dir->prefix),
		.hash_size = dir->hash_size,
	};
	look->old_fd = look->new_fd = -1;
	return look;
}

void git_look_free(struct git_look *look)
{
	if (look) {
		git_dir_clear(&look->dir);
		git_candidates_clear(&look->candidates);
		free(look->marks);
		free(look->why);
		free(look);
	}
}

static int look_compare(struct git_look *look)
{
	const struct git_dir *dir = &look->dir;

	if (look->operation.rewrote_index) {
		return git_compare(
			&look->candidates, look->old_fd, look->new_fd, dir->hash_size, dir->prefix);
	}
	return git_compare_disk(&look->candidates, look->new_fd, dir->hash_size, dir->top,
		dir->prefix, GIT_SEARCH_MAX);
}

static void look_read(struct git_look *look)
{
	size_t left = GIT_READ_BYTES_MAX;

	look->marks = mem_zero(look->candidates.kept * sizeof *look->marks);
	for (size_t i = 0; i < look->candidates.kept; i++) {
		struct git_candidate *candidate = &look->candidates.list[i];
		char *full = mem_printf(
			"%s/%s", strcmp(look->dir.top, "/") ? look->dir.top : "", candidate->path);
		size_t max = left < CONTENT_WORKER_BYTES_MAX ? left : CONTENT_WORKER_BYTES_MAX;

		free(candidate->path);
		candidate->path = full;
		left -= content_read(full, max, &look->marks[i]);
	}
}

/* If only the old index cannot be read, there is no problem any more. */
static void look_explain(struct git_look *look)
{
	const char *why = look->candidates.why;

	git_candidates_clear(&look->candidates);
	if (git_compare(&look->candidates, look->new_fd, look->new_fd, look->dir.hash_size, "") <
		0) {
		look->why = mem_strdup(why ? why : strerror(-look->error));
	}
}

/* Adds the untracked files that a stash command removed or restored. */
static void look_stash(struct git_look *look)
{
	bool pushed = look->logs.stash > look->since.stash;
	const char *tip = pushed ? look->logs.tip : look->since.tip;

	/*
	 * An entry that is applied or popped is restored before it is dropped, if it is
	 * dropped at all. Work trees share the stash; a push in this one also writes the log of its
	 * HEAD.
	 */
	if (*tip && (!pushed || look->logs.head > look->since.head)) {
		git_stash_add_untracked(&look->candidates, &look->dir, tip, pushed);
	}
}

void git_look_run(struct git_look *look)
{
	look->operation.sha1 = look->dir.hash_size == 20;
	look->error = look_compare(look);
	if (look->error == -E2BIG) {
		look->error = 0; /* the next change of the index shows these files */
	}
	if (look->error < 0) {
		look_explain(look);
		git_candidates_clear(&look->candidates);
	}
	git_dir_logs(&look->dir, &look->logs);
	look_stash(look);
	look_read(look);
	git_dir_tell(&look->dir, &look->since, &look->told);
	look->operation.moves = look->told.moves;
	look->operation.careful = look->told.careful;
	if (look->candidates.kept == GIT_CANDIDATES_MAX) {
		malloc_trim(0);
	}
}

struct untracked {
	struct git_candidates *candidates;
	const char *prefix;
	bool pushed;
};

static int on_entry(const char *folder, const git_tree_entry *entry, void *userdata)
{
	const struct untracked *untracked = userdata;
	_cleanup_free_ char *path = mem_printf("%s%s", folder, git_tree_entry_name(entry));
	struct git_candidate candidate = {
		.untracked = true,
		.in_old = untracked->pushed,
		.in_new = !untracked->pushed,
	};

	if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB &&
		strncmp(path, untracked->prefix, strlen(untracked->prefix)) == 0) {
		candidate.path = path;
		git_candidates_add(untracked->candidates, &candidate);
	}
	return 0;
}

void git_stash_add_untracked(
	struct git_candidates *candidates, const struct git_dir *dir, const char *tip, bool pushed)
{
	struct untracked untracked = {candidates, dir->prefix, pushed};
	/* The third parent, if there is one, is a commit of the untracked files. */
	_cleanup_free_ char *name = mem_printf("%s^3^{tree}", tip);
	git_repository *repository = NULL;
	_cleanup_free_ char *why = NULL;
	git_object *tree = NULL;

	if (git_guard_open(&repository, dir->top, GIT_REPOSITORY_OPEN_NO_SEARCH, &why) == 0 &&
		git_revparse_single(&tree, repository, name) == 0) {
		git_tree_walk((git_tree *)tree, GIT_TREEWALK_PRE, on_entry, &untracked);
	}
	git_object_free(tree);
	git_repository_free(repository);
}
