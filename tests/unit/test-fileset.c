/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>

#include "pipeline/fileset.h"

static void each_name_once_in_order(void **state)
{
	struct fileset set = {0};

	fileset_add(&set, "/b");
	fileset_add(&set, "/a");
	fileset_add(&set, "/b");
	assert_int_equal(set.kept, 2);
	assert_int_equal(set.count, 2);
	assert_string_equal(set.names[0], "/b");
	assert_string_equal(set.names[1], "/a");
	fileset_clear(&set);
	assert_int_equal(set.count, 0);
	fileset_add(&set, "/b");
	assert_int_equal(set.count, 1);
	fileset_clear(&set);
}

static void beyond_the_limit_names_are_only_counted(void **state)
{
	struct fileset set = {0};
	char name[32];

	for (int i = 0; i < FILESET_MAX + 2; i++) {
		snprintf(name, sizeof name, "/%d", i);
		fileset_add(&set, name);
	}
	fileset_add(&set, "/0");
	assert_int_equal(set.kept, FILESET_MAX);
	assert_int_equal(set.count, FILESET_MAX + 2);
	fileset_clear(&set);
}

static void files_are_moved_once_each(void **state)
{
	struct fileset from = {0}, to = {0};

	fileset_add(&from, "/a");
	fileset_move(&from, &to);
	assert_int_equal(from.count, 0);
	assert_int_equal(to.count, 1);
	fileset_add(&from, "/b");
	fileset_add(&from, "/a");
	from.count += 3; /* without names */
	fileset_move(&from, &to);
	assert_int_equal(from.count, 0);
	assert_int_equal(to.kept, 2);
	assert_int_equal(to.count, 5);
	assert_string_equal(to.names[1], "/b");
	fileset_clear(&to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_once_in_order),
		cmocka_unit_test(files_are_moved_once_each),
		cmocka_unit_test(beyond_the_limit_names_are_only_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
