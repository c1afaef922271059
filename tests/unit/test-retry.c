/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "browser/retry.h"
#include "util/clock.h"

#define GIVE_UP (600 * CLOCK_USEC_PER_SEC)

/* A server that does not answer for ten minutes gets a few dozen requests, mostly at the start. */
static void tries_come_at_increasing_intervals(void **state)
{
	uint64_t failing = 0, before = 0, pause;
	unsigned tries = 0, in_first_second = 0;

	while ((pause = retry_pause(failing, GIVE_UP)) != CLOCK_NEVER) {
		assert_true(pause >= before);
		before = pause;
		failing += pause;
		tries++;
		in_first_second += failing <= CLOCK_USEC_PER_SEC;
	}
	assert_true(failing >= GIVE_UP);
	assert_in_range(tries, 40, 80);
	assert_in_range(in_first_second, 3, 5);
}

static void tries_end(void **state)
{
	assert_true(retry_pause(GIVE_UP - 1, GIVE_UP) != CLOCK_NEVER);
	assert_true(retry_pause(GIVE_UP, GIVE_UP) == CLOCK_NEVER);
	assert_true(retry_pause(0, 0) == CLOCK_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_come_at_increasing_intervals),
		cmocka_unit_test(tries_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
