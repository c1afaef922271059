/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "server/upstream-chain.h"

static int last_of(int first, int second, int third)
{
	const int next[] = {first, second, third};

	return upstream_chain_last(next, third == -2 ? 2 : 3);
}

static void all_others_lead_to_the_last_one(void **state)
{
	assert_int_equal(last_of(1, -1, -2), 1);
	assert_int_equal(last_of(-1, 0, -2), 0);
	assert_int_equal(last_of(1, 2, -1), 2);
	assert_int_equal(last_of(2, 0, -1), 2);
	assert_int_equal(last_of(2, 2, -1), 2);
}

static void two_that_pass_nothing_on_leave_it_open(void **state)
{
	assert_int_equal(last_of(-1, -1, -2), -1);
	assert_int_equal(last_of(2, -1, -1), -1);
	assert_int_equal(last_of(-1, -1, -1), -1);
}

static void a_circle_has_no_last_one(void **state)
{
	assert_int_equal(last_of(1, 0, -2), -1);
	assert_int_equal(last_of(1, 0, -1), -1);
	assert_int_equal(last_of(1, 2, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_others_lead_to_the_last_one),
		cmocka_unit_test(two_that_pass_nothing_on_leave_it_open),
		cmocka_unit_test(a_circle_has_no_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
