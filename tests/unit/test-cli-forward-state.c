/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "cli/forward-state.h"

#define SEC UINT64_C(1000000)

static void pauses_double_up_to_the_longest(void **unused)
{
	static const unsigned secs[] = {1, 2, 4, 8, 16, 30, 30, 30};
	struct forward_state state;
	uint64_t now = 5 * SEC;

	forward_state_init(&state);
	assert_true(forward_state_may_run(&state, 0));
	for (size_t i = 0; i < sizeof secs / sizeof secs[0]; i++) {
		/* The same failure is reported only once. */
		assert_int_equal(forward_state_failed(&state, false, "refused", now), i == 0);
		assert_false(forward_state_may_run(&state, now + secs[i] * SEC - 1));
		now += secs[i] * SEC;
		assert_true(forward_state_may_run(&state, now));
	}
	forward_state_clear(&state);
}

static void an_answer_ends_the_pauses(void **unused)
{
	struct forward_state state;

	forward_state_init(&state);
	forward_state_failed(&state, false, "a", SEC);
	forward_state_failed(&state, false, "a", 2 * SEC);
	assert_true(forward_state_answered(&state));
	assert_false(forward_state_answered(&state));
	assert_true(forward_state_may_run(&state, 0));
	assert_string_equal(forward_link_name(state.link), "connected");
	assert_null(state.why);
	assert_true(forward_state_failed(&state, false, "a", 3 * SEC));
	assert_true(forward_state_may_run(&state, 4 * SEC));
	forward_state_clear(&state);
}

static void what_was_in_use_may_be_tried_again_at_once(void **unused)
{
	struct forward_state state;

	forward_state_init(&state);
	forward_state_answered(&state);
	assert_true(forward_state_failed(&state, true, "gone", SEC));
	assert_false(forward_state_failed(&state, true, "gone", SEC));
	assert_string_equal(forward_link_name(state.link), "lost");
	assert_true(forward_state_may_run(&state, SEC));
	/* A different reason is reported. */
	assert_true(forward_state_failed(&state, false, "refused", SEC));
	assert_true(forward_state_failed(&state, false, "no route", 2 * SEC));
	forward_state_clear(&state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pauses_double_up_to_the_longest),
		cmocka_unit_test(an_answer_ends_the_pauses),
		cmocka_unit_test(what_was_in_use_may_be_tried_again_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
