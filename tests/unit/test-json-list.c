/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdbool.h>

#include "util/json-list.h"

static char *example(void)
{
	_cleanup_(json_dropp) json_t *file = json_list_new("projects");

	json_array_append_new(json_object_get(file, "projects"),
		json_pack("{s:i, s:s}", "id", 4, "root", "/home/user/caf\xc3\xa9"));
	return json_list_write(file);
}

static bool is_read(const char *text, size_t length)
{
	_cleanup_free_ char *why = NULL;
	_cleanup_(json_dropp) json_t *file = json_list_read(text, length, "projects", &why);

	assert_true(file || (why && *why));
	return file;
}

static void a_file_is_read_again(void **state)
{
	_cleanup_free_ char *text = example(), *why = NULL;
	_cleanup_(json_dropp) json_t *file = json_list_read(text, strlen(text), "projects", &why);

	assert_int_equal(json_array_size(json_object_get(file, "projects")), 1);
}

static void each_flipped_bit_is_noticed(void **state)
{
	_cleanup_free_ char *text = example();
	size_t length = strlen(text);

	for (size_t bit = 0; bit < 8 * length; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_false(is_read(text, length));
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
	assert_true(is_read(text, length));
}

static void a_file_that_was_cut_off_is_noticed(void **state)
{
	_cleanup_free_ char *text = example();

	for (size_t length = strlen(text); length-- > 0;) {
		assert_false(is_read(text, length));
	}
}

/* As earlier versions wrote it, or a user who has removed the checksum. */
static void a_file_without_a_checksum_is_read(void **state)
{
	static const char old[] = "{\n \"version\": 1,\n \"projects\": []\n}";
	static const char by_hand[] = "{\"projects\":[],\"version\":1}";
	_cleanup_free_ char *text = example();
	char *rest = strchr(text, ',');

	*rest = '{';
	assert_true(is_read(rest, strlen(rest)));
	assert_true(is_read(old, sizeof old - 1));
	assert_true(is_read(by_hand, sizeof by_hand - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_again),
		cmocka_unit_test(each_flipped_bit_is_noticed),
		cmocka_unit_test(a_file_that_was_cut_off_is_noticed),
		cmocka_unit_test(a_file_without_a_checksum_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
