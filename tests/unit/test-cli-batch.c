/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "cli/feed/batch.h"

static void a_call_holds_so_many_names(void **state)
{
	struct batch *batch = batch_new();

	while (batch_has_room(batch, 2)) {
		batch_add(batch, mem_strdup("/a"));
	}
	assert_int_equal(batch->count, BATCH_NAMES_MAX);
	batch_free(batch);
}

static void a_call_holds_so_many_bytes(void **state)
{
	struct batch *batch = batch_new();
	char name[4001];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	while (batch_has_room(batch, strlen(name))) {
		batch_add(batch, mem_strdup(name));
	}
	assert_int_equal(batch->count, BATCH_BYTES_MAX / 4000);
	batch_free(batch);
	batch = batch_new();
	assert_true(batch_has_room(batch, 10 * (size_t)BATCH_BYTES_MAX));
	batch_free(batch);
}

static void a_label_names_the_first(void **state)
{
	struct batch *batch = batch_new();
	char *label;

	batch_add(batch, mem_strdup("/a"));
	label = batch_label(batch);
	assert_string_equal(label, "/a");
	free(label);
	batch_add(batch, mem_strdup("/b"));
	batch_add(batch, mem_strdup("/c"));
	label = batch_label(batch);
	assert_string_equal(label, "/a and 2 more");
	free(label);
	batch_free(batch);
	batch_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_holds_so_many_names),
		cmocka_unit_test(a_call_holds_so_many_bytes),
		cmocka_unit_test(a_label_names_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
