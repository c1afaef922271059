/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "cli/save-batch.h"

static void a_call_has_a_limit_of_names(void **state)
{
	struct save_batch *batch = save_batch_new();

	while (save_batch_has_room(batch, 2)) {
		save_batch_add(batch, mem_strdup("/a"));
	}
	assert_int_equal(batch->count, SAVE_BATCH_NAMES_MAX);
	save_batch_free(batch);
}

static void a_call_has_a_limit_of_bytes(void **state)
{
	struct save_batch *batch = save_batch_new();
	char name[4001];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	while (save_batch_has_room(batch, strlen(name))) {
		save_batch_add(batch, mem_strdup(name));
	}
	assert_int_equal(batch->count, SAVE_BATCH_BYTES_MAX / 4000);
	save_batch_free(batch);
	batch = save_batch_new();
	assert_true(save_batch_has_room(batch, 10 * (size_t)SAVE_BATCH_BYTES_MAX));
	save_batch_free(batch);
}

static void a_label_names_the_first(void **state)
{
	struct save_batch *batch = save_batch_new();
	char *label;

	save_batch_add(batch, mem_strdup("/a"));
	label = save_batch_label(batch);
	assert_string_equal(label, "/a");
	free(label);
	save_batch_add(batch, mem_strdup("/b"));
	save_batch_add(batch, mem_strdup("/c"));
	label = save_batch_label(batch);
	assert_string_equal(label, "/a and 2 more");
	free(label);
	save_batch_free(batch);
	save_batch_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_has_a_limit_of_names),
		cmocka_unit_test(a_call_has_a_limit_of_bytes),
		cmocka_unit_test(a_label_names_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
