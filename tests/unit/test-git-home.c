/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2.h>

#include "sources/git/git-home.h"
#include "sources/git/git-library.h"
#include "util/loop.h"
#include "util/mem.h"

/* libgit2 waits for its configuration, a pipe. */
static void open_repository(void *userdata)
{
	git_repository *repository = NULL;

	git_repository_open_ext(&repository, userdata, 0, NULL);
	git_repository_free(repository);
}

static void job_done(void *userdata)
{
}

static void on_home(void *userdata)
{
	assert_false(git_library_waits_for_home());
	loop_quit(userdata, 5);
}

static void the_end_of_a_call_that_hangs_is_told(void **state)
{
	char folder[] = "/tmp/savecast-git-home-XXXXXX", command[256];
	_cleanup_free_ char *config = NULL;
	struct loop *loop = loop_new();
	int fd;

	assert_non_null(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	snprintf(command, sizeof command,
		"cd %s && mkdir -p .git/objects .git/refs && echo ref: refs/heads/a > .git/HEAD",
		folder);
	assert_int_equal(system(command), 0);
	config = mem_printf("%s/.git/config", folder);
	assert_int_equal(mkfifo(config, 0600), 0);

	git_home_new(loop, on_home, loop);
	loop_job(loop, open_repository, job_done, folder);
	while ((fd = open(config, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0) {
		sched_yield();
	}
	git_home_want("/remote/.gitconfig");
	assert_true(git_library_waits_for_home());
	close(fd);
	assert_int_equal(loop_run(loop), 5);
	loop_finish_jobs(loop);
	loop_free(loop);
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_a_call_that_hangs_is_told),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
