/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/content.h"
#include "util/mem.h"

static struct content_mark mark_of(uint8_t n)
{
	return (struct content_mark){.kind = CONTENT_FILE, .hash = {n}};
}

static void the_same_bytes_are_the_same(void **state)
{
	struct content_memory *memory = content_memory_new();
	struct content_mark one = mark_of(1), two = mark_of(2), link = mark_of(1);
	struct content_mark absent = {.kind = CONTENT_ABSENT}, unknown = {0};

	link.kind = CONTENT_LINK;
	assert_null(content_find(memory, "/a"));
	assert_false(content_announce(memory, "/a", &one));
	assert_true(content_announce(memory, "/a", &one));
	assert_false(content_announce(memory, "/b", &one));
	assert_false(content_announce(memory, "/a", &two));
	assert_false(content_announce(memory, "/a", &one));
	assert_false(content_announce(memory, "/a", &link));
	assert_false(content_announce(memory, "/a", &absent));
	assert_true(content_announce(memory, "/a", &absent));
	assert_false(content_announce(memory, "/a", &unknown));
	assert_false(content_announce(memory, "/a", &unknown));
	assert_null(content_find(memory, "/a"));
	content_announce(memory, "/b", &one);
	content_forget(memory, "/b");
	content_forget(memory, "/b");
	assert_false(content_announce(memory, "/b", &one));
	content_memory_free(memory);
}

static void memory_is_bounded_and_keeps_recent_files(void **state)
{
	struct content_memory *memory = content_memory_new();
	struct content_mark one = mark_of(1);
	size_t known = 0;

	content_announce(memory, "/used", &one);
	for (int i = 0; i < 3 * CONTENT_FILES_MAX; i++) {
		char name[32];

		snprintf(name, sizeof name, "/%d", i);
		content_announce(memory, name, &one);
		if (i % 1000 == 0) {
			assert_non_null(content_find(memory, "/used"));
		}
	}
	for (int i = 3 * CONTENT_FILES_MAX; i-- > 0;) {
		char name[32];

		snprintf(name, sizeof name, "/%d", i);
		if (!content_find(memory, name)) {
			break;
		}
		known++;
	}
	/*
	 * A look-up moves an entry to the young generation: at most both generations are known.
	 */
	assert_in_range(known, CONTENT_FILES_MAX / 2 - 1, CONTENT_FILES_MAX);
	content_memory_free(memory);
}

static void files_are_read_as_they_are(void **state)
{
	char folder[] = "/tmp/savecast-content-XXXXXX";
	_cleanup_free_ char *name = NULL;
	struct content_mark a, b;
	FILE *file;

	assert_non_null(mkdtemp(folder));
	name = mem_printf("%s/file", folder);
	assert_int_equal(content_read(name, 100, &a), 0);
	assert_int_equal(a.kind, CONTENT_ABSENT);
	file = fopen(name, "w");
	fputs("hello\n", file);
	fclose(file);
	/* The object name that git gives these bytes. */
	assert_int_equal(content_read(name, 6, &a), 6);
	assert_int_equal(a.kind, CONTENT_FILE);
	assert_memory_equal(a.hash, "\xce\x01\x36\x25\x03\x0b\xa8\xdb\xa9\x06\xf7\x56\x96\x7f\x9e\x9c"
				    "\xa3\x94\x46\x4a", CONTENT_HASH_SIZE);
	assert_true(a.changed_nsec > 0);
	/* One byte more than may be read. */
	assert_int_equal(content_read(name, 5, &b), 0);
	assert_int_equal(b.kind, CONTENT_UNKNOWN);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(symlink("hello\n", name), 0);
	content_read(name, 100, &b);
	assert_int_equal(b.kind, CONTENT_LINK);
	assert_false(content_mark_is_same(&a, &b));
	unlink(name);
	/* The test must not block on a pipe that nothing writes to. */
	assert_int_equal(mkfifo(name, 0600), 0);
	content_read(name, 100, &b);
	assert_int_equal(b.kind, CONTENT_UNKNOWN);
	unlink(name);
	content_read(folder, 100, &b);
	assert_int_equal(b.kind, CONTENT_UNKNOWN);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_are_the_same),
		cmocka_unit_test(memory_is_bounded_and_keeps_recent_files),
		cmocka_unit_test(files_are_read_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
