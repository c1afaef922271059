/* SPDX-License-Identifier: MIT */
#include "git/git-library.h"

#include <pthread.h>

#include <git2.h>

#include "base/mem.h"

static void git_library_start(void)
{
	/* We read the index ourselves; libgit2 only finds the git dir and guards its owner. */
	static const char *harmless[] = {
		"objectformat", "worktreeconfig", "partialclone", "refstorage", "preciousobjects"};

	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, harmless, (size_t)COUNT_OF(harmless));
}

void git_library_use(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, git_library_start);
}

const char *git_library_why(const char *otherwise)
{
	const git_error *error = git_error_last();

	return error && error->message ? error->message : otherwise;
}
