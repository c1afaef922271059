/* SPDX-License-Identifier: MIT */
#include "sources/git/git-worktree.h"

#include <errno.h>
#include <sys/stat.h>

#include <git2.h>

#include "util/mem.h"
#include "sources/git/git-guard.h"

int git_worktree_check(const char *folder, char **why)
{
	_cleanup_free_ char *marker = mem_printf("%s/.git", folder);
	git_repository *repository = NULL;
	struct stat st;
	int r;

	if (lstat(marker, &st) < 0) {
		return -ENOENT;
	}
	r = git_guard_open(&repository, folder, GIT_REPOSITORY_OPEN_NO_SEARCH, why);
	if (r == 0 && git_repository_workdir(repository)) {
		git_repository_free(repository);
		return 0;
	}
	if (r == 0) {
		*why = mem_strdup("it has no work tree");
	}
	git_repository_free(repository);
	return r == GIT_EOWNER ? -EPERM : -EINVAL;
}
