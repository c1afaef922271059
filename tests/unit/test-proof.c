/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "util/file.h"
#include "util/mem.h"
#include "websocket/proof.h"

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void vectors(void **state)
{
	json_t *all = json_load_file(VECTORS "/proof.json", 0, NULL), *vector;
	size_t i;

	assert_true(json_array_size(all) >= 3);
	json_array_foreach (all, i, vector) {
		struct proof_key key;
		char text[PROOF_KEY_DIGITS + 1], proof[PROOF_DIGITS + 1];
		char code[PROOF_CODE_DIGITS + 1];

		assert_int_equal(proof_key_read(&key, text_of(vector, "key")), 0);
		proof_key_write(&key, text);
		assert_string_equal(text, text_of(vector, "key"));
		proof_make(&key, text_of(vector, "nonce"), text_of(vector, "profile"),
			text_of(vector, "instance"), proof);
		assert_string_equal(proof, text_of(vector, "proof"));
		proof_code(&key, code);
		assert_string_equal(code, text_of(vector, "code"));
	}
	json_decref(all);
}

static void invalid_keys(void **state)
{
	char text[PROOF_KEY_DIGITS + 2];
	struct proof_key key;

	memset(text, 'a', sizeof text);
	text[PROOF_KEY_DIGITS + 1] = '\0';
	assert_int_equal(proof_key_read(&key, text), -EINVAL);
	text[PROOF_KEY_DIGITS] = '\0';
	assert_int_equal(proof_key_read(&key, text), 0);
	text[7] = 'A';
	assert_int_equal(proof_key_read(&key, text), -EINVAL);
	text[7] = 'g';
	assert_int_equal(proof_key_read(&key, text), -EINVAL);
	text[7] = '\0';
	assert_int_equal(proof_key_read(&key, text), -EINVAL);
	assert_int_equal(proof_key_read(&key, ""), -EINVAL);
}

static bool same(const struct proof_key *a, const struct proof_key *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static void a_flipped_bit_in_a_key_is_noticed(void **state)
{
	char folder[] = "/tmp/savecast-test-XXXXXX";
	_cleanup_free_ char *sub = NULL, *name = NULL, *text = NULL;
	struct proof_key good, other;
	size_t length;

	assert_non_null(mkdtemp(folder));
	sub = mem_printf("%s/savecast", folder);
	name = mem_printf("%s/key", sub);
	assert_int_equal(proof_key_load(&good, folder), 0);
	assert_int_equal(file_read(name, 1024, &text, &length), 0);
	for (size_t bit = 0; bit < 8 * length; bit++) {
		int fd = open(name, O_WRONLY | O_TRUNC);

		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(write(fd, text, length), length);
		close(fd);
		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(proof_key_load(&other, folder), 0);
		assert_false(same(&good, &other)); /* a new one */
	}
	unlink(name);
	rmdir(sub);
	rmdir(folder);
}

static void a_key_is_kept(void **state)
{
	char folder[] = "/tmp/savecast-test-XXXXXX";
	_cleanup_free_ char *name = NULL;
	_cleanup_free_ char *sub = NULL;
	struct proof_key first, again;
	struct stat st;

	assert_non_null(mkdtemp(folder));
	sub = mem_printf("%s/savecast", folder);
	name = mem_printf("%s/key", sub);
	assert_int_equal(proof_key_load(&first, folder), 0);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(proof_key_load(&again, folder), 0);
	assert_true(same(&first, &again));

	/* A key that others could have read is replaced. */
	assert_int_equal(chmod(name, 0640), 0);
	assert_int_equal(proof_key_load(&again, folder), 0);
	assert_false(same(&first, &again));
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	/* A damaged key, and one that is too long. */
	first = again;
	assert_int_equal(truncate(name, PROOF_KEY_DIGITS / 2), 0);
	assert_int_equal(proof_key_load(&again, folder), 0);
	assert_false(same(&first, &again));
	first = again;
	assert_int_equal(truncate(name, 1 << 20), 0);
	assert_int_equal(proof_key_load(&again, folder), 0);
	assert_false(same(&first, &again));

	assert_int_equal(unlink(name), 0);
	assert_int_equal(rmdir(sub), 0);
	/* Without a place to store it, each start has a new key. */
	first = again;
	assert_int_equal(close(open(sub, O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(proof_key_load(&again, folder), 0);
	assert_false(same(&first, &again));
	first = again;
	assert_int_equal(proof_key_load(&again, NULL), 0);
	assert_false(same(&first, &again));
	assert_int_equal(unlink(sub), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(invalid_keys),
		cmocka_unit_test(a_key_is_kept),
		cmocka_unit_test(a_flipped_bit_in_a_key_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
