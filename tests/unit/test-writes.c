/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/writes.h"

#include <stdio.h>
#include <stdlib.h>

#define MSEC CLOCK_USEC_PER_MSEC

static void tell(struct writes *writes, size_t at)
{
	free(writes_take(writes, at));
	writes_compact(writes);
}

static void test_closed(void **state)
{
	struct writes writes = {0};

	assert_true(writes_due(&writes, 0) == CLOCK_NEVER);
	writes_begun(&writes, "/a", 10);
	assert_true(writes_due(&writes, 0) == CLOCK_NEVER); /* it comes when it is closed */
	writes_done(&writes, "/a", 20);
	assert_int_equal(writes_due(&writes, 0), 20);
	writes_done(&writes, "/a", 30);
	assert_int_equal(writes.count, 1);
	tell(&writes, 0);
	assert_true(writes_due(&writes, 0) == CLOCK_NEVER);
	assert_null(writes_find(&writes, "/a"));
	writes_clear(&writes);
}

static void test_written_again(void **state)
{
	struct writes writes = {0};

	writes_done(&writes, "/a", 20);
	writes_begun(&writes, "/a", 30);
	assert_int_equal(writes_due(&writes, 0), 30 + WRITES_OPEN_USEC);
	writes_hurry(&writes, 40);
	assert_int_equal(writes_due(&writes, 0), 30 + WRITES_OPEN_USEC);
	writes_done(&writes, "/a", 50);
	assert_int_equal(writes_due(&writes, 0), 50);
	assert_false(writes_find(&writes, "/a")->waited);
	writes_clear(&writes);
}

static void test_replaced(void **state)
{
	struct writes writes = {0};

	writes_gone(&writes, "/a", 1000);
	writes_done(&writes, "/b", 2000);
	assert_int_equal(writes_due(&writes, 0), 2000);
	assert_int_equal(writes_find(&writes, "/a")->due_usec, 1000 + WRITES_GONE_USEC);
	writes_begun(&writes, "/a", 1000 + 10 * MSEC); /* as Vim does */
	assert_true(writes_find(&writes, "/a")->due_usec > 1000 + WRITES_GONE_USEC);
	writes_done(&writes, "/a", 1000 + 20 * MSEC);
	assert_int_equal(writes_find(&writes, "/a")->due_usec, 1000 + 20 * MSEC);
	writes_clear(&writes);
}

static void test_broken(void **state)
{
	struct writes writes = {0};

	writes_closed(&writes, "/a", 10, 20);
	assert_int_equal(writes_find(&writes, "/a")->broken_usec, 10);
	writes_closed(&writes, "/b", 0, 20);
	assert_int_equal(writes_find(&writes, "/b")->broken_usec, 0); /* opened and closed */
	writes_gone(&writes, "/b", 30);
	writes_begun(&writes, "/b", 40);
	writes_closed(&writes, "/b", 40, 50);
	assert_int_equal(writes_find(&writes, "/b")->broken_usec, 30);
	assert_int_equal(writes_find(&writes, "/b")->at_usec, 50);
	writes_done(&writes, "/c", 60);
	assert_int_equal(writes_find(&writes, "/c")->broken_usec, 0); /* renamed into place */
	writes_begun(&writes, "/c", 70);
	assert_int_equal(writes_find(&writes, "/c")->broken_usec, 70);
	writes_clear(&writes);
}

static void test_hurry(void **state)
{
	struct writes writes = {0};

	writes_gone(&writes, "/a", 1000);
	writes_wait((writes_done(&writes, "/b", 0), writes_find(&writes, "/b")), 100 * MSEC);
	writes_hurry(&writes, 2000);
	assert_int_equal(writes_due(&writes, 0), 2000);
	assert_true(writes_find(&writes, "/a")->waited && writes_find(&writes, "/b")->waited);
	assert_int_equal(writes_find(&writes, "/b")->due_usec, 2000);
	writes_clear(&writes);
}

static void test_limit(void **state)
{
	struct writes writes = {0};
	char name[32];

	for (int i = 0; i < WRITES_MAX + 7; i++) {
		snprintf(name, sizeof name, "/%d", i);
		writes_done(&writes, name, (uint64_t)i);
	}
	assert_int_equal(writes.count, WRITES_MAX);
	assert_int_equal(writes.more, 7);
	writes_done(&writes, "/0", 99);
	assert_int_equal(writes.more, 7);
	assert_int_equal(writes_find(&writes, "/0")->due_usec, 99);
	writes_clear(&writes);
	assert_int_equal(writes.more, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_written_again),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_hurry),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests_name("writes", tests, NULL, NULL);
}
