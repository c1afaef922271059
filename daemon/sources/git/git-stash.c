/* SPDX-License-Identifier: MIT */
#include "sources/git/git-stash.h"

#include <git2.h>

#include "util/mem.h"

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
	git_object *tree = NULL;

	if (git_repository_open_ext(&repository, dir->top, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) ==
			0 &&
		git_revparse_single(&tree, repository, name) == 0) {
		git_tree_walk((git_tree *)tree, GIT_TREEWALK_PRE, on_entry, &untracked);
	}
	git_object_free(tree);
	git_repository_free(repository);
}
