/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "server/upstream-trials.h"

static const struct upstream_address alpha = {.port = 4001}, beta = {.port = 4002};

enum { QUERY = 20, HEADER = 1300, REST = 250, OTHER = 400 };

/* A trial whose amounts differ from those of all others. */
static void begin(struct upstream_trials *trials)
{
	uint32_t number = (uint32_t)trials->count;

	upstream_trials_begin(trials, QUERY + 10 * number, HEADER + 37 * number);
}

/* The size of the current trial's request, with this many copies of the query and the header. */
static uint64_t request(const struct upstream_trials *trials, unsigned queries, unsigned headers)
{
	const struct upstream_trial *now = &trials->trials[trials->count - 1];

	return REST + (uint64_t)queries * now->query + (uint64_t)headers * now->header;
}

static enum upstream_evidence of(
	const struct upstream_trials *trials, const struct upstream_address *address)
{
	for (size_t i = 0; i < trials->peer_count; i++) {
		if (trials->peers[i].address.port == address->port) {
			return upstream_trials_of(trials, i);
		}
	}
	return UPSTREAM_NOTHING;
}

static void the_one_that_carries_both_amounts_is_found(void **state)
{
	for (unsigned queries = 1; queries <= 2; queries++) {
		struct upstream_trials trials = {.count = 0};

		while (trials.count < 5) { /* five prove that beta was not sent it */
			assert_false(upstream_trials_are_enough(&trials));
			begin(&trials);
			upstream_trials_sent(&trials, &alpha, request(&trials, queries, 1));
			upstream_trials_sent(&trials, &beta, OTHER);
			upstream_trials_answered(&trials);
		}
		assert_int_equal(of(&trials, &alpha), UPSTREAM_ALWAYS);
		assert_int_equal(of(&trials, &beta), UPSTREAM_NOTHING);
		assert_true(upstream_trials_are_enough(&trials));
	}
}

/* Other traffic of similar size, which does not differ by the amounts of the trials. */
static void traffic_of_any_size_proves_nothing(void **state)
{
	struct upstream_trials trials = {.count = 0};
	uint32_t random = 1;

	while (trials.count < UPSTREAM_TRIALS_MAX) {
		begin(&trials);
		for (int i = 0; i < 20; i++) {
			random = random * 1664525u + 1013904223u;
			upstream_trials_sent(&trials, &beta, HEADER + random % 5000);
		}
		upstream_trials_answered(&trials);
	}
	assert_int_equal(of(&trials, &beta), UPSTREAM_OPEN);
	assert_true(upstream_trials_are_enough(&trials)); /* there is no room for more */
}

/* Connections of others that ended unseen may have carried anything, but they show nothing. */
static void traffic_of_others_makes_no_proxy(void **state)
{
	struct upstream_trials trials = {.count = 0};

	for (int i = 0; i < 5; i++) {
		assert_false(upstream_trials_show_none(&trials, false));
		begin(&trials);
		upstream_trials_unseen(&trials, &beta);
		upstream_trials_sent(&trials, &alpha, HEADER + 1000 + (uint64_t)i * i * 101);
		upstream_trials_sent(&trials, &alpha, OTHER);
		assert_false(i == 0 && upstream_trials_show_none(&trials, true));
		upstream_trials_answered(&trials);
		/* On a busy machine there may be no time for five. */
		assert_int_equal(upstream_trials_show_none(&trials, true), i > 0);
	}
	assert_int_equal(of(&trials, &beta), UPSTREAM_OPEN);
	assert_true(upstream_trials_show_none(&trials, false));
	upstream_trials_held(&trials, &beta);
	assert_false(upstream_trials_show_none(&trials, true));
}

static void trials_of_which_half_agree_may_be_a_proxy(void **state)
{
	struct upstream_trials trials = {.count = 0};

	for (int i = 0; i < 6; i++) {
		begin(&trials);
		if (i < 3) {
			upstream_trials_sent(&trials, &alpha, request(&trials, 1, 1));
		} else {
			upstream_trials_unseen(&trials, &alpha);
		}
		upstream_trials_answered(&trials);
		assert_false(i > 0 && upstream_trials_show_none(&trials, true));
	}
	assert_false(upstream_trials_show_none(&trials, false));
}

static void while_one_is_open_the_trials_are_not_enough(void **state)
{
	struct upstream_trials trials = {.count = 0};

	while (trials.count < 3) {
		begin(&trials);
		upstream_trials_sent(&trials, &alpha, request(&trials, 1, 1));
		upstream_trials_unseen(&trials, &beta);
		upstream_trials_answered(&trials);
	}
	assert_int_equal(of(&trials, &alpha), UPSTREAM_ALWAYS);
	assert_int_equal(of(&trials, &beta), UPSTREAM_OPEN);
	assert_false(upstream_trials_are_enough(&trials));
	while (trials.count < 8) {
		assert_int_equal(of(&trials, &beta), UPSTREAM_OPEN);
		begin(&trials);
		upstream_trials_sent(&trials, &alpha, request(&trials, 1, 1));
		upstream_trials_answered(&trials);
	}
	assert_int_equal(of(&trials, &beta), UPSTREAM_NOTHING);
	assert_true(upstream_trials_are_enough(&trials));
}

/* A trial that was not answered proves no absence: the request may still be on its way. */
static void a_slow_server_is_not_absent(void **state)
{
	struct upstream_trials trials = {.count = 0};

	while (trials.count < 4) {
		begin(&trials);
		upstream_trials_sent(&trials, &alpha, OTHER);
	}
	assert_int_equal(of(&trials, &alpha), UPSTREAM_OPEN);
	assert_false(upstream_trials_are_enough(&trials));
}

/* It may be about to pass the request on to another one, or have done so unseen. */
static void one_that_has_the_request_is_the_last_only_if_answers_were_seen(void **state)
{
	struct upstream_trials late = {.count = 0}, missed = {.count = 0};

	for (unsigned i = 0; i < 11; i++) {
		begin(&late);
		upstream_trials_sent(&late, &alpha, request(&late, 1, 1));
		begin(&missed);
		upstream_trials_sent(&missed, &alpha, request(&missed, 1, 1));
		upstream_trials_answered(&missed);
		upstream_trials_blurred(&missed);
		assert_false(upstream_trials_are_enough(&late));
		assert_false(upstream_trials_are_enough(&missed));
	}
	assert_int_equal(of(&late, &alpha), UPSTREAM_ALWAYS);
	assert_int_equal(of(&missed, &alpha), UPSTREAM_ALWAYS);
	assert_false(upstream_trials_are_seen(&late));
	assert_false(upstream_trials_are_seen(&missed));
}

static void a_question_with_all_headers_is_not_the_request(void **state)
{
	struct upstream_trials trials = {.count = 0};

	while (trials.count < 3) {
		begin(&trials);
		upstream_trials_sent(&trials, &beta, request(&trials, 0, 1));
		upstream_trials_answered(&trials);
	}
	assert_int_equal(of(&trials, &beta), UPSTREAM_HEADERS);
}

/* A server's own request to another one, long or short, has the same size each time. */
static void a_request_of_constant_size_is_not_the_request(void **state)
{
	struct upstream_trials trials = {.count = 0};

	while (trials.count < 3) {
		begin(&trials);
		upstream_trials_sent(&trials, &beta, 9000);
		upstream_trials_answered(&trials);
	}
	assert_int_equal(of(&trials, &beta), UPSTREAM_NOTHING);
	assert_true(upstream_trials_moved(&trials));
}

/* Two servers that have the requests by turns. */
static void some_requests_are_not_all(void **state)
{
	struct upstream_trials trials = {.count = 0};

	while (trials.count < 6) {
		begin(&trials);
		upstream_trials_sent(
			&trials, trials.count % 2 ? &alpha : &beta, request(&trials, 1, 1));
		upstream_trials_answered(&trials);
	}
	assert_int_equal(of(&trials, &alpha), UPSTREAM_SOMETIMES);
	assert_int_equal(of(&trials, &beta), UPSTREAM_SOMETIMES);
}

static void limits_hold(void **state)
{
	struct upstream_trials trials = {.count = 0};

	begin(&trials);
	for (uint16_t i = 0; i < UPSTREAM_PEERS_MAX; i++) {
		assert_int_equal(
			upstream_trials_sent(&trials, &(struct upstream_address){.port = i}, 5000),
			i);
	}
	assert_false(trials.too_many);
	assert_int_equal(upstream_trials_sent(&trials, &alpha, 5000), -1);
	assert_true(trials.too_many);
}

static void only_two_trials_that_agree_are_a_sign_of_a_request(void **state)
{
	struct upstream_trials trials = {.count = 0};

	begin(&trials);
	upstream_trials_sent(&trials, &alpha, OTHER);
	assert_false(upstream_trials_any_open(&trials));
	upstream_trials_sent(&trials, &alpha, request(&trials, 1, 1));
	assert_true(upstream_trials_any_open(&trials));
	begin(&trials);
	assert_false(upstream_trials_any_open(&trials)); /* in the current one */
	upstream_trials_sent(&trials, &alpha, request(&trials, 1, 1) + 700);
	assert_false(upstream_trials_agree(&trials));
	begin(&trials);
	upstream_trials_sent(&trials, &alpha, request(&trials, 1, 1));
	assert_true(upstream_trials_agree(&trials));
}

static void one_answer_of_a_slow_server_is_enough(void **state)
{
	struct upstream_trials trials = {.count = 0};

	for (int i = 0; i < 3; i++) {
		assert_false(upstream_trials_are_enough(&trials));
		begin(&trials);
		upstream_trials_sent(&trials, &alpha, request(&trials, 1, 1));
		if (i == 1) {
			upstream_trials_answered(&trials);
		}
	}
	assert_int_equal(of(&trials, &alpha), UPSTREAM_ALWAYS);
	assert_false(upstream_trials_are_enough(&trials));
	trials.slow = true;
	assert_true(upstream_trials_are_seen(&trials));
	assert_true(upstream_trials_are_enough(&trials));
}

static void an_address_that_refuses_in_most_trials_is_the_server_behind_it(void **state)
{
	static const struct upstream_address gone = {.port = 4003}, unknown = {.v6 = true};
	struct upstream_trials trials = {.count = 0};

	begin(&trials);
	upstream_trials_refused(&trials, &gone);
	assert_true(upstream_trials_any_refused(&trials));
	assert_null(upstream_trials_refusing(&trials)); /* once is by chance */
	begin(&trials);
	assert_false(upstream_trials_any_refused(&trials));
	upstream_trials_refused(&trials, &unknown);
	begin(&trials);
	upstream_trials_refused(&trials, &gone);
	upstream_trials_refused(&trials, &gone);
	assert_int_equal(upstream_trials_refusing(&trials)->address.port, gone.port);
	assert_int_equal(upstream_trials_refusing(&trials)->count, 3);
	begin(&trials);
	assert_null(upstream_trials_refusing(&trials)); /* half of them */
	for (uint16_t port = 1; port <= UPSTREAM_REFUSALS_MAX; port++) {
		upstream_trials_refused(&trials, &(struct upstream_address){.port = port});
	}
	assert_int_equal(trials.refusal_count, UPSTREAM_REFUSALS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_that_carries_both_amounts_is_found),
		cmocka_unit_test(traffic_of_any_size_proves_nothing),
		cmocka_unit_test(traffic_of_others_makes_no_proxy),
		cmocka_unit_test(trials_of_which_half_agree_may_be_a_proxy),
		cmocka_unit_test(while_one_is_open_the_trials_are_not_enough),
		cmocka_unit_test(a_slow_server_is_not_absent),
		cmocka_unit_test(one_that_has_the_request_is_the_last_only_if_answers_were_seen),
		cmocka_unit_test(a_question_with_all_headers_is_not_the_request),
		cmocka_unit_test(a_request_of_constant_size_is_not_the_request),
		cmocka_unit_test(some_requests_are_not_all),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(only_two_trials_that_agree_are_a_sign_of_a_request),
		cmocka_unit_test(one_answer_of_a_slow_server_is_enough),
		cmocka_unit_test(an_address_that_refuses_in_most_trials_is_the_server_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
