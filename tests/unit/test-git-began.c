/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/git/git-activity.h"

static void git_began_after_it_was_idle_and_shortly_before_the_report(void **state)
{
	const uint64_t now = 1700000000 * CLOCK_USEC_PER_SEC;
	const uint64_t idle = now - CLOCK_USEC_PER_SEC;

	assert_true(git_began_usec(0, now) == now - GIT_LATE_USEC);
	assert_true(git_began_usec(idle, now) == idle - GIT_TICK_USEC);
	assert_true(git_began_usec(now - 2 * GIT_LATE_USEC, now) == now - GIT_LATE_USEC);
	/* The clock was set back by an hour meanwhile. */
	assert_true(git_began_usec(now + 3600 * CLOCK_USEC_PER_SEC, now) == now - GIT_LATE_USEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(git_began_after_it_was_idle_and_shortly_before_the_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
