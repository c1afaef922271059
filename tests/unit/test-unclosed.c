/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/unclosed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"

static void test_one(void **state)
{
	struct unclosed unclosed = {0};

	assert_true(unclosed_due(&unclosed) == CLOCK_NEVER);
	assert_true(unclosed_add(&unclosed, "/a", 10));
	assert_true(unclosed_add(&unclosed, "/a", 20)); /* its first write counts */
	assert_true(unclosed_add(&unclosed, "/b", 5));
	assert_int_equal(unclosed.count, 2);
	assert_int_equal(unclosed_due(&unclosed), 5 + UNCLOSED_WAIT_USEC);
	assert_int_equal(unclosed_remove(&unclosed, "/b"), 5);
	assert_int_equal(unclosed_remove(&unclosed, "/b"), 0);
	assert_int_equal(unclosed_due(&unclosed), 10 + UNCLOSED_WAIT_USEC);
	assert_int_equal(unclosed_remove(&unclosed, "/a"), 10);
	assert_true(unclosed_due(&unclosed) == CLOCK_NEVER);
}

static void test_full(void **state)
{
	struct unclosed unclosed = {0};
	char name[32];

	for (int i = 0; i < UNCLOSED_MAX; i++) {
		snprintf(name, sizeof name, "/%d", i);
		assert_true(unclosed_add(&unclosed, name, 10));
	}
	assert_true(unclosed_add(&unclosed, "/0", 20)); /* known already */
	assert_false(unclosed_add(&unclosed, "/new", 20)); /* none of them was checked */
	unclosed.files[3].check_usec = CLOCK_NEVER;
	assert_true(unclosed_add(&unclosed, "/new", 20));
	assert_int_equal(unclosed.count, UNCLOSED_MAX);
	assert_int_equal(unclosed_remove(&unclosed, "/3"), 0);
	assert_int_equal(unclosed_remove(&unclosed, "/new"), 20);
	unclosed_clear(&unclosed);
	assert_int_equal(unclosed.count, 0);
}

static void test_open_for_writing(void **state)
{
	char folder[] = "/tmp/test-unclosed-XXXXXX", name[64], pipe[64];
	int writer, reader;

	assert_non_null(mkdtemp(folder));
	snprintf(name, sizeof name, "%s/a", folder);
	snprintf(pipe, sizeof pipe, "%s/pipe", folder);
	writer = open(name, O_CREAT | O_WRONLY, 0600);
	assert_true(writer >= 0);
	assert_int_equal(file_is_open_for_writing(name), 1);
	close(writer);
	reader = open(name, O_RDONLY);
	assert_int_equal(file_is_open_for_writing(name), 0);
	assert_int_equal(file_is_open_for_writing(name), 0); /* nothing is left behind */
	writer = open(name, O_WRONLY | O_NONBLOCK);
	assert_true(writer >= 0);
	close(writer);
	close(reader);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_true(file_is_open_for_writing(pipe) < 0);
	assert_true(file_is_open_for_writing(folder) < 0);
	unlink(name);
	unlink(pipe);
	assert_true(file_is_open_for_writing(name) < 0);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_open_for_writing),
	};

	return cmocka_run_group_tests_name("unclosed", tests, NULL, NULL);
}
