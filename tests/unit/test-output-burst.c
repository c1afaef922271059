/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/output-burst.h"
#include "util/mem.h"

static const uint64_t start = 1000 * CLOCK_USEC_PER_SEC;

static void a_burst_waits_for_files_that_are_open(void **state)
{
	struct output_burst burst = {0};

	assert_int_equal(output_burst_due(&burst), CLOCK_NEVER);
	output_burst_begun(&burst, "/a", start);
	assert_int_equal(output_burst_due(&burst), CLOCK_NEVER);
	output_burst_written(&burst, "/b", start + 10);
	assert_int_equal(output_burst_due(&burst), start + 10 + OUTPUT_OPEN_MAX_USEC);
	output_burst_begun(&burst, "/a", start + 20);
	output_burst_written(&burst, "/a", start + 30);
	assert_int_equal(output_burst_due(&burst), start + 30 + OUTPUT_QUIET_USEC);
	assert_int_equal(burst.files.count, 2);
	output_burst_taken(&burst, start + 40);
	assert_int_equal(output_burst_due(&burst), CLOCK_NEVER);
	output_burst_clear(&burst);
}

static void a_file_that_stays_open_is_waited_for_once(void **state)
{
	struct output_burst burst = {0};
	uint64_t silent = start + 10 + OUTPUT_OPEN_MAX_USEC;

	output_burst_begun(&burst, "/log", start);
	output_burst_written(&burst, "/a", start + 10);
	output_burst_taken(&burst, silent - 1);
	output_burst_written(&burst, "/a", start + 10);
	assert_int_equal(output_burst_due(&burst), silent);
	output_burst_taken(&burst, silent);
	output_burst_written(&burst, "/a", silent + 10);
	assert_int_equal(output_burst_due(&burst), silent + 10 + OUTPUT_QUIET_USEC);
	/* There is activity again. */
	output_burst_begun(&burst, "/log", silent + 20);
	assert_int_equal(output_burst_due(&burst), silent + 20 + OUTPUT_OPEN_MAX_USEC);
	output_burst_clear(&burst);
}

static void a_burst_that_only_removes_waits_for_more(void **state)
{
	struct output_burst burst = {0};

	output_burst_gone(&burst, "/a", start);
	assert_int_equal(output_burst_due(&burst), start + OUTPUT_GONE_USEC);
	output_burst_begun(&burst, "/a", start + 5);
	output_burst_written(&burst, "/a", start + 10);
	assert_int_equal(output_burst_due(&burst), start + 10 + OUTPUT_QUIET_USEC);
	output_burst_clear(&burst);
}

static void a_burst_ends_even_if_writing_does_not(void **state)
{
	struct output_burst burst = {0};

	for (uint64_t at = 0; at <= 2 * OUTPUT_BURST_MAX_USEC; at += OUTPUT_QUIET_USEC / 2) {
		output_burst_written(&burst, "/a", start + at);
	}
	assert_int_equal(output_burst_due(&burst), start + OUTPUT_BURST_MAX_USEC);
	for (int i = 0; i < 2 * OUTPUT_OPEN_FILES_MAX; i++) {
		_cleanup_free_ char *name = mem_printf("/%d", i);

		output_burst_begun(&burst, name, start);
	}
	assert_int_equal(burst.open_count, OUTPUT_OPEN_FILES_MAX);
	output_burst_clear(&burst);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_waits_for_files_that_are_open),
		cmocka_unit_test(a_file_that_stays_open_is_waited_for_once),
		cmocka_unit_test(a_burst_that_only_removes_waits_for_more),
		cmocka_unit_test(a_burst_ends_even_if_writing_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
