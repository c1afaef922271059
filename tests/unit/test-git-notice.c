/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <sys/inotify.h>

#include "sources/git/git-activity.h"
#include "util/mem.h"

static void each_change_has_its_meaning(void **state)
{
	static const struct {
		uint32_t mask;
		const char *name;
		enum git_notice idle, busy;
	} rows[] = {
		{IN_IGNORED, "", GIT_NOTICE_GONE, GIT_NOTICE_GONE},
		{IN_Q_OVERFLOW, "", GIT_NOTICE_INDEX, GIT_NOTICE_INDEX},
		{IN_CREATE, "index.lock", GIT_NOTICE_WORK, GIT_NOTICE_WORK},
		{IN_DELETE, "index.lock", GIT_NOTICE_WORK, GIT_NOTICE_WORK},
		{IN_MOVED_TO, "index", GIT_NOTICE_INDEX, GIT_NOTICE_INDEX},
		{IN_DELETE, "index", GIT_NOTICE_INDEX, GIT_NOTICE_INDEX},
		/* Created in place: git itself replaces the index. */
		{IN_CREATE, "index", GIT_NOTICE_NONE, GIT_NOTICE_WORK},
		{IN_CREATE | IN_ISDIR, "rebase-merge", GIT_NOTICE_WORK, GIT_NOTICE_WORK},
		{IN_DELETE | IN_ISDIR, "rebase-apply", GIT_NOTICE_WORK, GIT_NOTICE_WORK},
		{IN_CREATE | IN_ISDIR, "sequencer", GIT_NOTICE_WORK, GIT_NOTICE_WORK},
		{IN_CREATE, "index.stash.4711.lock", GIT_NOTICE_NONE, GIT_NOTICE_WORK},
		{IN_DELETE, "index.stash.4711", GIT_NOTICE_WORK, GIT_NOTICE_WORK},
		{IN_MOVED_TO, "HEAD", GIT_NOTICE_LOG, GIT_NOTICE_WORK},
		{IN_CREATE, "HEAD.lock", GIT_NOTICE_NONE, GIT_NOTICE_WORK},
		{IN_DELETE, "HEAD.lock", GIT_NOTICE_LOG, GIT_NOTICE_WORK},
		{IN_MOVED_TO, "FETCH_HEAD", GIT_NOTICE_NONE, GIT_NOTICE_WORK},
		{IN_CREATE, "COMMIT_EDITMSG", GIT_NOTICE_NONE, GIT_NOTICE_WORK},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(git_notice_of(rows[i].mask, rows[i].name, false), rows[i].idle);
		assert_int_equal(git_notice_of(rows[i].mask, rows[i].name, true), rows[i].busy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_has_its_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
