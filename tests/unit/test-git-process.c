/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/git/git-process.h"
#include "util/mem.h"

/* Arguments separated by NULs, as in /proc/PID/cmdline. */
#define ARGS(text) text, sizeof text

static void commands(void **state)
{
	assert_string_equal(git_command_steps(ARGS("git\0rebase\0-x\0make"), false), "rebase");
	assert_string_equal(git_command_steps(ARGS("/usr/bin/git\0-C\0/site\0-c\0a.b=c\0--no-pager\0am\0x"),
				    false), "am");
	assert_string_equal(git_command_steps(ARGS("git\0--git-dir=/x\0bisect\0run\0make"), false), "bisect");
	assert_string_equal(git_command_steps(ARGS("git\0--work-tree\0stash\0pull"), false), "pull");
	assert_null(git_command_steps(ARGS("git\0log\0rebase"), true));
	assert_null(git_command_steps(ARGS("git\0commit\0-m\0stash"), true));
	assert_null(git_command_steps(ARGS("git\0add\0-p"), true));
	/* A pager shows it. */
	assert_null(git_command_steps(ARGS("git\0stash\0list"), true));
	assert_null(git_command_steps(ARGS("git\0stash\0show\0-p"), false));
	assert_null(git_command_steps(ARGS("git\0bisect\0log"), false));
	assert_string_equal(git_command_steps(ARGS("git\0stash\0pop"), false), "stash");
	assert_string_equal(git_command_steps(ARGS("git\0pull\0log"), false), "pull");
	/* One commit, or several. */
	assert_null(git_command_steps(ARGS("git\0revert\0HEAD"), false));
	assert_string_equal(git_command_steps(ARGS("git\0revert\0HEAD~2..HEAD"), true), "revert");
	/* An alias. */
	assert_null(git_command_steps(ARGS("git\0rb"), false));
	assert_string_equal(git_command_steps(ARGS("git\0rb"), true), "a command");
}

static void damaged(void **state)
{
	assert_null(git_command_steps("", 0, true));
	assert_null(git_command_steps(ARGS("git"), true));
	assert_null(git_command_steps(ARGS("git\0-C"), true));
	assert_null(git_command_steps(ARGS("git\0-c\0a=b"), true));
	assert_null(git_command_steps(ARGS(""), true));
	assert_null(git_hook_of("", 0));
	assert_null(git_hook_of(ARGS("--\0=\0/")));
}

static void hooks(void **state)
{
	assert_string_equal(git_hook_of(ARGS("/bin/sh\0.git/hooks/pre-commit")), "pre-commit");
	assert_string_equal(git_hook_of(ARGS(".git/hooks/post-checkout\0a\0b\0" "1")), "post-checkout");
	assert_string_equal(git_hook_of(ARGS("lefthook\0run\0post-merge")), "post-merge");
	assert_string_equal(git_hook_of(ARGS("python3\0-mpre_commit\0hook-impl\0--hook-type=pre-commit")),
		"pre-commit");
	assert_string_equal(git_hook_of(ARGS("sh\0-e\0.husky/_/commit-msg\0.git/X")), "commit-msg");
	assert_null(git_hook_of(ARGS("vim\0.git/COMMIT_EDITMSG")));
	assert_null(git_hook_of(ARGS("less\0-R")));
	assert_null(git_hook_of(ARGS("sh\0.git/hooks/pre-commit.sample")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),
		cmocka_unit_test(damaged),
		cmocka_unit_test(hooks),
	};

	return cmocka_run_group_tests_name("git-process", tests, NULL, NULL);
}
