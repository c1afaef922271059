/* SPDX-License-Identifier: MIT */
#include "unit.h"

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
	{"one that never ends is looked at", {0}, 60 * SEC, 60 * SEC, 60 * SEC, NULL},
	{"and not a moment before", {0}, 60 * SEC - 1, 60 * SEC - 1, 60 * SEC, NULL},
	{"locked", {.locked = true}, 0, SEC, 120 * SEC, "a command"},
	{"a lock that was left behind", {.locked = true}, 0, 120 * SEC, 120 * SEC, NULL},
	{"a rebase goes on", {.stepping = "rebase"}, SEC, 2 * SEC, 3 * SEC, "rebase"},
	{"a rebase that waits for a person", {.stepping = "rebase"}, SEC, 3 * SEC, 3 * SEC, NULL},
	{"a long rebase", {.stepping = "rebase"}, 59 * SEC, 59 * SEC + 60 * MSEC, 60 * SEC,
		"rebase"},
	{"an endless rebase", {.stepping = "rebase"}, 60 * SEC, 60 * SEC + 60 * MSEC,
		60 * SEC + 60 * MSEC, NULL},
	{"the lock of a step counts first", {.locked = true, .stepping = "rebase"}, 0, SEC,
		120 * SEC, "a command"},
};

static void each_situation(void **state)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		struct git_activity settle = {0};
		const char *at = "nothing was said";
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
	const struct git_signs stepping = {.stepping = "rebase"};
	struct git_activity settle = {0};
	const char *at;

	git_activity_seen(&settle, start);
	settle.busy = false; /* it was inspected */
	git_activity_seen(&settle, start + 59 * SEC);
	assert_true(
		git_activity_due(&settle, &stepping, start + 60 * SEC, &at) == start + 61 * SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_situation),
		cmocka_unit_test(a_new_command_has_the_full_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
