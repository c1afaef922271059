/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "pipeline/output-wait.h"

static const uint64_t start = 1000 * CLOCK_USEC_PER_SEC;

static void sources_are_known_by_their_name(void **state)
{
	assert_true(await_is_source("/p/a.scss"));
	assert_true(await_is_source("/p/x.test.ts"));
	assert_false(await_is_source("/p/a.css"));
	assert_false(await_is_source("/p/a.ts/b"));
	assert_false(await_is_source("/p/ts"));
	assert_false(await_is_source("/p/a.html"));
}

static void the_wait_is_learned(void **state)
{
	struct await await = {0};

	assert_true(await_saved(&await, start));
	assert_int_equal(await.due_usec, start + AWAIT_FIRST_USEC);
	await_output(&await, start + 400 * CLOCK_USEC_PER_MSEC);
	assert_int_equal(await.due_usec, 0);
	assert_true(await_saved(&await, start));
	assert_int_equal(await.due_usec, start + 800 * CLOCK_USEC_PER_MSEC);
	await_output(&await, start + 1);
	assert_in_range(await.learned_usec, 600 * CLOCK_USEC_PER_MSEC, 700 * CLOCK_USEC_PER_MSEC);
	await_saved(&await, start);
	await_output(&await, start + AWAIT_MAX_USEC - 1);
	assert_int_equal(await.learned_usec, AWAIT_MAX_USEC);
	/* Written without a save, or much later: nothing to learn. */
	await_output(&await, start + 5);
	await_saved(&await, start);
	await_output(&await, start + AWAIT_MAX_USEC);
	assert_int_equal(await.learned_usec, AWAIT_MAX_USEC);
}

static void where_nobody_builds_nothing_waits(void **state)
{
	struct await await = {0};

	for (int i = 0; i < AWAIT_MISSES_MAX; i++) {
		assert_true(await_saved(&await, start));
		await_missed(&await);
		assert_int_equal(await.due_usec, 0);
	}
	assert_false(await_saved(&await, start));
	await_output(&await, start + 1000);
	assert_true(await_saved(&await, start));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_known_by_their_name),
		cmocka_unit_test(the_wait_is_learned),
		cmocka_unit_test(where_nobody_builds_nothing_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
