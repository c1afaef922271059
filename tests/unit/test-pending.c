/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "pipeline/coalescer.h"

static const uint64_t start = 1000 * CLOCK_USEC_PER_SEC;

static void the_first_save_leaves_at_once(void **state)
{
	struct pending pending = {0};

	assert_int_equal(pending_due(&pending), CLOCK_NEVER);
	assert_int_equal(pending_save(&pending, start), PENDING_LEAVES);
	assert_int_equal(pending_due(&pending), CLOCK_NEVER);
}

/* Also in the first microseconds of the clock. */
static void the_first_save_leaves_at_once_at_time_zero(void **state)
{
	struct pending pending = {0};

	assert_int_equal(pending_save(&pending, 0), PENDING_LEAVES);
}

static void the_rest_of_a_burst_is_one_more_event(void **state)
{
	struct pending pending = {0};
	uint64_t last = start + 4000;

	pending_save(&pending, start);
	assert_int_equal(pending_save(&pending, start + 1000), PENDING_OPENS);
	assert_int_equal(pending_save(&pending, start + 2000), PENDING_JOINS);
	assert_int_equal(pending_save(&pending, last), PENDING_JOINS);
	assert_int_equal(pending_due(&pending), last + PENDING_QUIET_USEC);
	pending_depart(&pending, last + PENDING_QUIET_USEC);
	assert_int_equal(pending_due(&pending), CLOCK_NEVER);
}

static void after_a_quiet_time_a_save_leaves_at_once_again(void **state)
{
	struct pending pending = {0};

	pending_save(&pending, start);
	assert_int_equal(pending_save(&pending, start + PENDING_QUIET_USEC), PENDING_LEAVES);
	assert_int_equal(
		pending_save(&pending, start + 2 * PENDING_QUIET_USEC - 1), PENDING_OPENS);
}

static void a_steady_writer_starves_nobody(void **state)
{
	struct pending pending = {0};
	uint64_t now = start, first = start + 1000, departures = 0, longest = 0;

	pending_save(&pending, start);
	for (now = first; now < start + 10 * CLOCK_USEC_PER_SEC; now += 1000) {
		if (pending_due(&pending) <= now) {
			longest = now - first > longest ? now - first : longest;
			pending_depart(&pending, now);
			departures++;
		}
		if (pending_save(&pending, now) == PENDING_OPENS) {
			first = now;
		}
	}
	assert_true(longest >= PENDING_WAIT_USEC);
	assert_true(longest <= PENDING_WAIT_USEC + 1000);
	assert_in_range(departures, 30, 34);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_save_leaves_at_once),
		cmocka_unit_test(the_first_save_leaves_at_once_at_time_zero),
		cmocka_unit_test(the_rest_of_a_burst_is_one_more_event),
		cmocka_unit_test(after_a_quiet_time_a_save_leaves_at_once_again),
		cmocka_unit_test(a_steady_writer_starves_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
