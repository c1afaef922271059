/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <sys/inotify.h>

#include "sources/git/git-activity.h"
#include "util/mem.h"

#define SEC CLOCK_USEC_PER_SEC
#define MSEC CLOCK_USEC_PER_MSEC

static const uint64_t start = 1000 * SEC;

/* One situation per row: times since git began, of its last sign of activity and of now. */
static const struct row {
	const char *what;
	struct git_signs signs;
	uint64_t last, now;
	uint64_t due; /* when to ask again; `now`: git has settled */
	const char *at;
} rows[] = {
	{"it may go on", {0}, 0, 59 * MSEC, 60 * MSEC, NULL},
	{"quiet", {0}, 0, 60 * MSEC, 60 * MSEC, NULL},
	{"quiet is counted from the last sign", {0}, 50 * MSEC, 60 * MSEC, 110 * MSEC, NULL},
	{"a stash is several commands", {.stashed = true}, 0, 60 * MSEC, 240 * MSEC, NULL},
	{"and then quiet", {.stashed = true}, 0, 240 * MSEC, 240 * MSEC, NULL},
	{"a command that never ends is inspected", {0}, 60 * SEC, 60 * SEC, 60 * SEC, NULL},
	{"and not before that", {0}, 60 * SEC - 1, 60 * SEC - 1, 60 * SEC, "a command"},
	{"signs that go on are work", {0}, 60 * MSEC, 100 * MSEC, 120 * MSEC, "a command"},
	{"and have the operation's name", {.what = "rebase"}, 60 * MSEC, 100 * MSEC, 120 * MSEC,
		"rebase"},
	{"a hook's signs delay no save", {.work = GIT_WORK_HOOK, .what = "pre-commit"}, 60 * MSEC,
		100 * MSEC, 120 * MSEC, NULL},
	{"and in a stash, what comes next is still to come", {.stashed = true}, 60 * MSEC, 130 * MSEC,
		300 * MSEC, "a command"},
	{"locked", {.locked = true}, 0, SEC, 120 * SEC, "a command"},
	{"a lock that was left behind", {.locked = true}, 0, 120 * SEC, 120 * SEC, NULL},
	{"a rebase goes on", {.work = GIT_WORK_STEPS, .what = "rebase"}, SEC, SEC + 100 * MSEC,
		SEC + 300 * MSEC, "rebase"},
	{"a rebase that pauses", {.work = GIT_WORK_STEPS, .what = "rebase"}, SEC, 2 * SEC, 600 * SEC,
		NULL},
	{"a long rebase", {.work = GIT_WORK_STEPS, .what = "rebase"}, 61 * SEC, 61 * SEC + 60 * MSEC,
		61 * SEC + 300 * MSEC, "rebase"},
	{"an endless rebase", {.work = GIT_WORK_STEPS, .what = "rebase"}, 600 * SEC, 600 * SEC,
		600 * SEC, NULL},
	{"a hook does not delay a save", {.work = GIT_WORK_HOOK, .what = "pre-commit"}, SEC,
		SEC + 100 * MSEC, 60 * SEC, NULL},
	{"an endless hook", {.work = GIT_WORK_HOOK, .what = "pre-commit"}, SEC, 60 * SEC, 60 * SEC,
		NULL},
	{"a lock comes before the steps",
		{.locked = true, .work = GIT_WORK_STEPS, .what = "rebase"}, 0, SEC, 120 * SEC,
		"a command"},
};

static void each_situation(void **state)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		struct git_activity settle = {0};
		const char *at = "at was not set";
		uint64_t due;

		git_activity_seen(&settle, start);
		git_activity_seen(&settle, start + row->last);
		due = git_activity_due(&settle, &row->signs, start + row->now, &at);
		if (due != start + row->due || strcmp(at ? at : "", row->at ? row->at : "") != 0) {
			fail_msg("%s: %llu us, %s", row->what, (unsigned long long)(due - start),
				at);
		}
	}
}

static void a_new_command_has_the_full_limit(void **state)
{
	const struct git_signs works = {.work = GIT_WORK_HOOK, .what = "pre-commit"};
	struct git_activity settle = {0};
	const char *at;

	git_activity_seen(&settle, start);
	settle.busy = false; /* it was inspected */
	git_activity_seen(&settle, start + 59 * SEC);
	assert_true(git_activity_due(&settle, &works, start + 60 * SEC, &at) == start + 119 * SEC);
}

/* A hook or an `exec` of a rebase that writes in the git dir again and again is asked about in time. */
static void signs_without_a_pause_do_not_put_the_question_off(void **state)
{
	struct git_activity settle = {0};

	for (uint64_t sign = 0; sign < 120 * SEC; sign += 20 * MSEC) {
		git_activity_seen(&settle, start + sign);
		assert_true(git_activity_quiet(&settle) <= start + 60 * SEC);
	}
	settle.busy = false;
	git_activity_seen(&settle, start + 120 * SEC);
	assert_int_equal(git_activity_quiet(&settle), start + 120 * SEC + 60 * MSEC);
}

static void only_steps_pause(void **state)
{
	struct git_signs signs = {.work = GIT_WORK_STEPS, .what = "rebase"};
	struct git_activity settle = {0};

	git_activity_seen(&settle, start);
	assert_true(git_activity_pause(&settle, &signs, start + 299 * MSEC) == CLOCK_NEVER);
	assert_true(git_activity_pause(&settle, &signs, start + 300 * MSEC) == start);
	signs.locked = true;
	assert_true(git_activity_pause(&settle, &signs, start + 300 * MSEC) == CLOCK_NEVER);
	signs = (struct git_signs){.work = GIT_WORK_HOOK, .what = "pre-commit"};
	assert_true(git_activity_pause(&settle, &signs, start + SEC) == CLOCK_NEVER);
}

static void git_began_after_it_was_idle_and_shortly_before_the_report(void **state)
{
	const uint64_t now = 1700000000 * CLOCK_USEC_PER_SEC;
	const uint64_t idle = now - CLOCK_USEC_PER_SEC;

	assert_true(git_began_usec(0, now) == now - GIT_LATE_USEC);
	assert_true(git_began_usec(idle, now) == idle);
	assert_true(git_began_usec(now - 2 * GIT_LATE_USEC, now) == now - GIT_LATE_USEC);
	/* The clock was set back by an hour meanwhile. */
	assert_true(git_began_usec(now + 3600 * CLOCK_USEC_PER_SEC, now) == now - GIT_LATE_USEC);
}

static void each_change_has_its_meaning(void **state)
{
	static const struct {
		uint32_t mask;
		const char *name;
		enum git_notice idle, busy;
	} changes[] = {
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

	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		assert_int_equal(git_notice_of(changes[i].mask, changes[i].name, false), changes[i].idle);
		assert_int_equal(git_notice_of(changes[i].mask, changes[i].name, true), changes[i].busy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_situation),
		cmocka_unit_test(a_new_command_has_the_full_limit),
		cmocka_unit_test(signs_without_a_pause_do_not_put_the_question_off),
		cmocka_unit_test(only_steps_pause),
		cmocka_unit_test(git_began_after_it_was_idle_and_shortly_before_the_report),
		cmocka_unit_test(each_change_has_its_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
