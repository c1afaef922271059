/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "pipeline/output-wait.h"

static const uint64_t start = 1000 * CLOCK_USEC_PER_SEC;

static void the_wait_adapts_to_builds(void **state)
{
	struct output_wait wait = {0};

	assert_true(output_wait_saved(&wait, start));
	assert_int_equal(wait.due_usec, start + OUTPUT_WAIT_FIRST_USEC);
	output_wait_output(&wait, start + 400 * CLOCK_USEC_PER_MSEC);
	assert_int_equal(wait.due_usec, 0);
	assert_true(output_wait_saved(&wait, start));
	assert_int_equal(wait.due_usec, start + 800 * CLOCK_USEC_PER_MSEC);
	output_wait_output(&wait, start + 1);
	assert_in_range(wait.expected_usec, 600 * CLOCK_USEC_PER_MSEC, 700 * CLOCK_USEC_PER_MSEC);
	output_wait_saved(&wait, start);
	output_wait_output(&wait, start + OUTPUT_WAIT_MAX_USEC - 1);
	assert_int_equal(wait.expected_usec, OUTPUT_WAIT_MAX_USEC);
	/* An output without a save, or long after it, changes nothing. */
	output_wait_output(&wait, start + 5);
	output_wait_saved(&wait, start);
	output_wait_output(&wait, start + OUTPUT_WAIT_MAX_USEC);
	assert_int_equal(wait.expected_usec, OUTPUT_WAIT_MAX_USEC);
}

static void without_builds_nothing_waits(void **state)
{
	struct output_wait wait = {0};

	for (int i = 0; i < OUTPUT_WAIT_MISSES_MAX; i++) {
		assert_true(output_wait_saved(&wait, start));
		output_wait_missed(&wait);
		assert_int_equal(wait.due_usec, 0);
	}
	assert_false(output_wait_saved(&wait, start));
	output_wait_output(&wait, start + 1000);
	assert_true(output_wait_saved(&wait, start));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_adapts_to_builds),
		cmocka_unit_test(without_builds_nothing_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
