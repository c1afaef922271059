/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "server/upstream-path.h"
#include "util/mem.h"

static const uint32_t amounts[] = {30, 45, 0, 60, 0, 70};

/* What the server is sent in each trial; 0: nothing. */
static bool has(const uint32_t sent[COUNT_OF(amounts)])
{
	static struct upstream_trials trials;
	const struct upstream_address to = {.port = 9000};

	trials = (struct upstream_trials){0};
	for (size_t i = 0; i < COUNT_OF(amounts); i++) {
		upstream_trials_begin(&trials, amounts[i], 0);
		upstream_trials_sent(&trials, &to, 77); /* by others, each time */
		if (sent[i]) {
			upstream_trials_sent(&trials, &to, sent[i]);
		}
		upstream_trials_answered(&trials);
	}
	return upstream_path_has(&trials, 0);
}

static void a_server_that_is_sent_the_path_has_the_page(void **state)
{
	assert_true(has((uint32_t[]){230, 245, 200, 260, 200, 270}));
	assert_true(has((uint32_t[]){260, 290, 200, 320, 200, 340})); /* twice */
	assert_true(has((uint32_t[]){230, 245, 200, 0, 200, 270})); /* one was not seen */
}

static void a_server_that_is_asked_for_data_has_not(void **state)
{
	/* The program knows no longer paths. */
	assert_false(has((uint32_t[]){0, 0, 200, 0, 200, 0}));
	assert_false(has((uint32_t[]){200, 200, 200, 200, 200, 200}));
	/* It passes on the longer paths, but not this page. */
	assert_false(has((uint32_t[]){230, 245, 201, 260, 201, 270}));
	assert_false(has((uint32_t[]){230, 245, 0, 260, 0, 270}));
	assert_false(has((uint32_t[]){230, 245, 200, 260, 0, 0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_is_sent_the_path_has_the_page),
		cmocka_unit_test(a_server_that_is_asked_for_data_has_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
