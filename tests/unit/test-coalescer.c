/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "pipeline/coalescer.h"

static const uint64_t start = 1000 * CLOCK_USEC_PER_SEC;

static void the_first_save_is_sent_immediately(void **state)
{
	struct coalescer coalescer = {0};

	assert_int_equal(coalescer_due(&coalescer), CLOCK_NEVER);
	assert_int_equal(coalescer_add(&coalescer, start), COALESCER_SENDS);
	assert_int_equal(coalescer_due(&coalescer), CLOCK_NEVER);
}

/* This also holds in the first microseconds of the clock. */
static void the_first_save_is_sent_immediately_at_time_zero(void **state)
{
	struct coalescer coalescer = {0};

	assert_int_equal(coalescer_add(&coalescer, 0), COALESCER_SENDS);
}

static void the_rest_of_a_burst_is_one_more_event(void **state)
{
	struct coalescer coalescer = {0};
	uint64_t last = start + 4000;

	coalescer_add(&coalescer, start);
	assert_int_equal(coalescer_add(&coalescer, start + 1000), COALESCER_OPENS);
	assert_int_equal(coalescer_add(&coalescer, start + 2000), COALESCER_JOINS);
	assert_int_equal(coalescer_add(&coalescer, last), COALESCER_JOINS);
	assert_int_equal(coalescer_due(&coalescer), last + COALESCER_QUIET_USEC);
	coalescer_depart(&coalescer, last + COALESCER_QUIET_USEC);
	assert_int_equal(coalescer_due(&coalescer), CLOCK_NEVER);
}

static void after_a_pause_a_save_is_sent_immediately_again(void **state)
{
	struct coalescer coalescer = {0};

	coalescer_add(&coalescer, start);
	assert_int_equal(coalescer_add(&coalescer, start + COALESCER_QUIET_USEC), COALESCER_SENDS);
	assert_int_equal(
		coalescer_add(&coalescer, start + 2 * COALESCER_QUIET_USEC - 1), COALESCER_OPENS);
}

static void a_steady_writer_delays_the_event_by_a_limited_time(void **state)
{
	struct coalescer coalescer = {0};
	uint64_t now = start, first = start + 1000, departures = 0, longest = 0;

	coalescer_add(&coalescer, start);
	for (now = first; now < start + 10 * CLOCK_USEC_PER_SEC; now += 1000) {
		if (coalescer_due(&coalescer) <= now) {
			longest = now - first > longest ? now - first : longest;
			coalescer_depart(&coalescer, now);
			departures++;
		}
		if (coalescer_add(&coalescer, now) == COALESCER_OPENS) {
			first = now;
		}
	}
	assert_true(longest >= COALESCER_WAIT_USEC);
	assert_true(longest <= COALESCER_WAIT_USEC + 1000);
	assert_in_range(departures, 30, 34);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_save_is_sent_immediately),
		cmocka_unit_test(the_first_save_is_sent_immediately_at_time_zero),
		cmocka_unit_test(the_rest_of_a_burst_is_one_more_event),
		cmocka_unit_test(after_a_pause_a_save_is_sent_immediately_again),
		cmocka_unit_test(a_steady_writer_delays_the_event_by_a_limited_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
