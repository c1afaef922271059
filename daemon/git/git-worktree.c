/* SPDX-License-Identifier: MIT */
#include "git/git-worktree.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>

#include <git2.h>

#include "base/mem.h"

static void initialise(void)
{
	git_libgit2_init();
}

void git_initialise(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, initialise);
}

int git_worktree_check(const char *folder, char **why)
{
	_cleanup_free_ char *marker = mem_printf("%s/.git", folder);
	git_repository *repository = NULL;
	struct stat st;
	int r;

	if (lstat(marker, &st) < 0) {
		return -ENOENT;
	}
	git_initialise();
	r = git_repository_open_ext(&repository, folder, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (r == 0 && git_repository_workdir(repository)) {
		git_repository_free(repository);
		return 0;
	}
	if (r == 0) {
		*why = mem_strdup("it has no work tree");
	} else {
		const git_error *error = git_error_last();

		*why = mem_strdup(error && error->message ? error->message : "libgit2 cannot open it");
	}
	git_repository_free(repository);
	return r == GIT_EOWNER ? -EPERM : -EINVAL;
}
