/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2.h>

#include "sources/git/git-home.h"
#include "sources/git/git-library.h"
#include "util/loop.h"
#include "util/mem.h"

/* libgit2 waits for its configuration, on which the test has a lease. */
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

/* Others that open the file wait until the lease ends, and SIGIO tells the test that one does. */
static int lease(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0) {
		print_message("%s: no lease: %s\n", name, strerror(errno));
		skip();
	}
	return fd;
}

static void the_end_of_a_call_that_hangs_is_told(void **state)
{
	char folder[] = "/tmp/savecast-git-home-XXXXXX", command[256];
	_cleanup_free_ char *config = NULL;
	struct loop *loop = loop_new();
	sigset_t told;
	int fd, signal;

	assert_non_null(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	snprintf(command, sizeof command,
		"cd %s && mkdir -p .git/objects .git/refs && echo ref: refs/heads/a > .git/HEAD",
		folder);
	assert_int_equal(system(command), 0);
	config = mem_printf("%s/.git/config", folder);
	fd = lease(config);
	sigemptyset(&told);
	sigaddset(&told, SIGIO);
	sigprocmask(SIG_BLOCK, &told, NULL);

	git_home_new(loop, on_home, loop);
	loop_job(loop, open_repository, job_done, folder);
	assert_int_equal(sigwait(&told, &signal), 0);
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
