/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "sources/file-table.h"

#include <stdio.h>

static uint64_t key_of(unsigned i)
{
	char name[32];

	snprintf(name, sizeof name, "/src/%u.css", i);
	return file_table_key(name);
}

static void test_put_and_remove(void **state)
{
	struct file_table table = {0};
	struct file_note note;

	assert_false(file_table_find(&table, key_of(1), &note));
	file_table_remove(&table, key_of(1));
	file_table_put(&table, key_of(1), &(struct file_note){64, true});
	assert_true(file_table_find(&table, key_of(1), &note));
	assert_true(note.content == 64 && note.ignored);
	file_table_put(&table, key_of(1), &(struct file_note){0, false});
	assert_true(file_table_find(&table, key_of(1), &note));
	assert_true(note.content == 0 && !note.ignored);
	file_table_remove(&table, key_of(1));
	assert_false(file_table_find(&table, key_of(1), &note));
	assert_int_equal(table.count, 0);
	file_table_clear(&table);
}

/* Colliding keys are moved when others are removed: none is lost, and none comes back. */
static void test_many(void **state)
{
	enum { COUNT = 5000 };
	struct file_table table = {0};
	struct file_note note;

	for (unsigned i = 0; i < COUNT; i++) {
		file_table_put(&table, key_of(i), &(struct file_note){4 * i + 4, i % 2});
	}
	for (unsigned i = 0; i < COUNT; i += 3) {
		file_table_remove(&table, key_of(i));
	}
	for (unsigned i = 0; i < COUNT; i++) {
		assert_int_equal(file_table_find(&table, key_of(i), &note), i % 3 != 0);
		assert_true(i % 3 == 0 || (note.content == 4 * i + 4 && note.ignored == i % 2));
	}
	file_table_unsee(&table);
	for (unsigned i = 1; i < COUNT; i += 3) {
		file_table_put(&table, key_of(i), &(struct file_note){4, false});
	}
	assert_int_equal(file_table_sweep(&table), (COUNT + 0) / 3);
	for (unsigned i = 0; i < COUNT; i++) {
		assert_int_equal(file_table_find(&table, key_of(i), &note), i % 3 == 1);
	}
	file_table_clear(&table);
}

static void test_limit(void **state)
{
	struct file_table table = {0};
	struct file_note note;

	for (unsigned i = 0; i < FILE_TABLE_MAX + 10; i++) {
		file_table_put(&table, key_of(i), &(struct file_note){4, false});
	}
	assert_int_equal(table.count, FILE_TABLE_MAX);
	assert_false(file_table_find(&table, key_of(FILE_TABLE_MAX + 1), &note));
	file_table_put(&table, key_of(5), &(struct file_note){8, false});
	assert_true(file_table_find(&table, key_of(5), &note) && note.content == 8);
	file_table_clear(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put_and_remove),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests_name("file-table", tests, NULL, NULL);
}
