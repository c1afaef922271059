/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sources/git/git-compare.h"
#include "util/mem.h"

/* An index that the test writes. */
struct made {
	uint8_t bytes[64 * 1024];
	size_t length;
	unsigned version, hash_size;
	char before[8192];
};

static void put32(struct made *made, uint32_t value)
{
	value = htonl(value);
	memcpy(made->bytes + made->length, &value, 4);
	made->length += 4;
}

static void begin(struct made *made, unsigned version, unsigned hash_size, uint32_t count)
{
	memset(made, 0, sizeof *made);
	made->version = version;
	made->hash_size = hash_size;
	memcpy(made->bytes, "DIRC", 4);
	made->length = 4;
	put32(made, version);
	put32(made, count);
}

static void put_entry(struct made *made, const char *path, uint32_t mode, uint8_t hash,
	uint8_t mtime, unsigned stage, bool skipped)
{
	size_t start = made->length, shared = 0, length = strlen(path);
	uint16_t flags = (uint16_t)((length < 0xfff ? length : 0xfff) | stage << 12 |
		(skipped ? 0x4000 : 0));

	for (unsigned field = 0; field < 10; field++) {
		put32(made, field == GIT_ENTRY_MODE ? mode : field == GIT_ENTRY_MTIME ? mtime : 7);
	}
	made->bytes[made->length] = hash;
	made->length += made->hash_size;
	flags = htons(flags);
	memcpy(made->bytes + made->length, &flags, 2);
	made->length += 2;
	if (skipped) {
		flags = htons(0x4000);
		memcpy(made->bytes + made->length, &flags, 2);
		made->length += 2;
	}
	if (made->version == 4) {
		size_t strip;

		while (path[shared] && path[shared] == made->before[shared]) {
			shared++;
		}
		strip = strlen(made->before) - shared;
		if (strip > 127) { /* two bytes say up to 16511 */
			made->bytes[made->length++] = (uint8_t)(128 | ((strip - 128) >> 7));
			made->bytes[made->length++] = (uint8_t)((strip - 128) & 127);
		} else {
			made->bytes[made->length++] = (uint8_t)strip;
		}
		strcpy(made->before, path);
	}
	strcpy((char *)made->bytes + made->length, path + shared);
	made->length += length - shared + 1;
	while (made->version < 4 && (made->length - start) % 8) {
		made->length++;
	}
}

static void put_extension(struct made *made, const char *name, uint32_t length)
{
	memcpy(made->bytes + made->length, name, 4);
	made->length += 4;
	put32(made, length);
	made->length += length;
}

/* The file, `length` bytes of it, with its checksum if it is complete. */
static int fd_of(const struct made *made, size_t length)
{
	int fd = memfd_create("index", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, made->bytes, length), (ssize_t)length);
	if (length == made->length) {
		uint8_t checksum[32] = {0};

		assert_int_equal(write(fd, checksum, made->hash_size), made->hash_size);
	}
	return fd;
}

/* Reads to the end; returns the result, and the paths separated by commas. */
static int read_all(int fd, unsigned hash_size, char *paths, const char **why)
{
	static struct git_index index;
	static struct git_entry entry;
	int r = git_index_begin(&index, fd, hash_size);

	*paths = '\0';
	if (r == 0) {
		while ((r = git_index_next(&index, &entry)) > 0) {
			sprintf(paths + strlen(paths), "%s%s%s,", entry.path, entry.conflict ? "!" : "",
				entry.skipped ? "-" : "");
		}
	}
	*why = index.why ? index.why : "";
	return r;
}

static void make(struct made *made, unsigned version, unsigned hash_size)
{
	begin(made, version, hash_size, 7);
	put_entry(made, "a", 0100644, 1, 1, 0, false);
	put_entry(made, "b/conflict", 0100644, 1, 1, 1, false);
	put_entry(made, "b/conflict", 0100644, 2, 1, 2, false);
	put_entry(made, "b/conflict", 0100644, 3, 1, 3, false);
	put_entry(made, "b/dir/file", 0100644, 4, 1, 0, version > 2);
	put_entry(made, "c", 0120000, 5, 1, 0, false);
	put_entry(made, "sub", 0160000, 6, 1, 0, false);
	put_extension(made, "TREE", 100);
}

static void every_version_is_read(void **state)
{
	static struct made made;
	char paths[4096];
	const char *why;

	for (unsigned version = 2; version <= 4; version++) {
		for (unsigned hash_size = 20; hash_size <= 32; hash_size += 12) {
			int fd;

			make(&made, version, hash_size);
			fd = fd_of(&made, made.length);
			assert_int_equal(read_all(fd, hash_size, paths, &why), 0);
			assert_string_equal(paths, version > 2 ? "a,b/conflict!,b/dir/file-,c,sub,"
							       : "a,b/conflict!,b/dir/file,c,sub,");
			close(fd);
		}
	}
	assert_int_equal(read_all(-1, 20, paths, &why), 0);
	assert_string_equal(paths, "");
}

/*
 * A cut at any place is noticed, except one that leaves a complete index without its
 * extension: only the checksum would show that, and git does not check it, either.
 */
static void a_truncated_index_is_an_error(void **state)
{
	static struct made made;
	char paths[4096];
	const char *why;

	for (unsigned version = 2; version <= 4; version++) {
		make(&made, version, 20);
		for (size_t length = 0; length < made.length; length++) {
			int fd = fd_of(&made, length);

			if (length != made.length - 108 + 20) {
				assert_int_equal(read_all(fd, 20, paths, &why), -EBADMSG);
				assert_string_not_equal(why, "");
			}
			close(fd);
		}
	}
}

/* With any value of any byte, there is no invalid access (the sanitizers check that). */
static void a_damaged_index_does_no_harm(void **state)
{
	static struct made made;
	char paths[65536];
	const char *why;

	for (unsigned version = 2; version <= 4; version++) {
		make(&made, version, 20);
		for (size_t at = 0; at < made.length; at++) {
			uint8_t before = made.bytes[at];

			for (int value = 0; value < 256; value += 51) {
				int fd;

				made.bytes[at] = (uint8_t)value;
				fd = fd_of(&made, made.length);
				assert_true(read_all(fd, 20, paths, &why) <= 0);
				close(fd);
			}
			made.bytes[at] = before;
		}
	}
}

static void one_path(const char *path, int expected, const char *text)
{
	static struct made made;
	static char paths[8192];
	const char *why;
	int fd;

	begin(&made, 2, 20, 1);
	put_entry(&made, path, 0100644, 1, 1, 0, false);
	fd = fd_of(&made, made.length);
	assert_int_equal(read_all(fd, 20, paths, &why), expected);
	if (text) {
		assert_non_null(strstr(why, text));
	}
	close(fd);
}

static void paths_stay_below_the_root(void **state)
{
	static const char *const bad[] = {"/etc/passwd", "../up", "a/../../b", "a/..", ".", "a//b",
		".git/config", "a/.git/hooks/x", "/"};
	_cleanup_free_ char *longest = mem_zero(PATHNAME_MAX + 2);

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		one_path(bad[i], -EBADMSG, "invalid");
	}
	one_path("", -ENOTSUP, "split");
	one_path("a/..b/.gitignore/...", 0, NULL);
	memset(longest, 'x', PATHNAME_MAX);
	one_path(longest, 0, NULL);
	longest[PATHNAME_MAX] = 'x';
	one_path(longest, -EBADMSG, "too long");
}

static void unknown_formats_are_errors_with_a_reason(void **state)
{
	static struct made made;
	char paths[4096];
	const char *why;
	int fd;

	make(&made, 2, 20);
	put_extension(&made, "link", 20);
	fd = fd_of(&made, made.length);
	assert_int_equal(read_all(fd, 20, paths, &why), -ENOTSUP);
	assert_non_null(strstr(why, "split"));
	close(fd);
	make(&made, 2, 20);
	put_extension(&made, "zzzz", 0);
	fd = fd_of(&made, made.length);
	assert_int_equal(read_all(fd, 20, paths, &why), -ENOTSUP);
	close(fd);
	make(&made, 3, 20);
	put_extension(&made, "sdir", 0);
	fd = fd_of(&made, made.length);
	assert_int_equal(read_all(fd, 20, paths, &why), 0);
	close(fd);
	begin(&made, 5, 20, 0);
	fd = fd_of(&made, made.length);
	assert_int_equal(read_all(fd, 20, paths, &why), -ENOTSUP);
	close(fd);
	/* More entries announced than there are; and one in the wrong order. */
	begin(&made, 2, 20, 0xffffffff);
	put_entry(&made, "a", 0100644, 1, 1, 0, false);
	fd = fd_of(&made, made.length);
	assert_int_equal(read_all(fd, 20, paths, &why), -EBADMSG);
	close(fd);
	begin(&made, 2, 20, 2);
	put_entry(&made, "b", 0100644, 1, 1, 0, false);
	put_entry(&made, "a", 0100644, 1, 1, 0, false);
	fd = fd_of(&made, made.length);
	assert_int_equal(read_all(fd, 20, paths, &why), -EBADMSG);
	assert_string_equal(why, "is out of order");
	close(fd);
}

static void the_comparison_finds_the_differences(void **state)
{
	static struct made old, new;
	struct git_candidates found = {0};
	int a, b;

	begin(&old, 4, 20, 6);
	put_entry(&old, "gone", 0100644, 1, 1, 0, false);
	put_entry(&old, "object", 0100644, 1, 1, 0, false);
	put_entry(&old, "same", 0100644, 1, 1, 0, false);
	put_entry(&old, "skipped", 0100644, 1, 1, 0, false);
	put_entry(&old, "stat", 0100644, 1, 1, 0, false);
	put_entry(&old, "sub", 0160000, 1, 1, 0, false);
	begin(&new, 3, 20, 6);
	put_entry(&new, "came", 0100644, 1, 1, 0, false);
	put_entry(&new, "object", 0100644, 2, 1, 0, false);
	put_entry(&new, "same", 0100644, 1, 1, 0, false);
	put_entry(&new, "skipped", 0100644, 1, 1, 0, true);
	put_entry(&new, "stat", 0100644, 1, 2, 0, false);
	put_entry(&new, "sub", 0160000, 2, 1, 0, false);
	a = fd_of(&old, old.length);
	b = fd_of(&new, new.length);
	assert_int_equal(git_compare(&found, a, b, 20, ""), 0);
	assert_int_equal(found.count, 5);
	assert_string_equal(found.list[0].path, "came");
	assert_true(!found.list[0].in_old && found.list[0].in_new);
	assert_string_equal(found.list[1].path, "gone");
	assert_true(found.list[1].in_old && !found.list[1].in_new);
	assert_string_equal(found.list[2].path, "object");
	assert_false(found.list[2].same_object);
	assert_string_equal(found.list[3].path, "skipped");
	assert_false(found.list[3].in_new);
	assert_string_equal(found.list[4].path, "stat");
	assert_true(found.list[4].same_object);
	git_candidates_clear(&found);
	assert_int_equal(git_compare(&found, a, b, 20, "st"), 0);
	assert_int_equal(found.count, 1);
	git_candidates_clear(&found);
	assert_int_equal(git_compare(&found, -1, b, 20, ""), 0);
	assert_int_equal(found.count, 4);
	git_candidates_clear(&found);
	close(a);
	close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_version_is_read),
		cmocka_unit_test(a_truncated_index_is_an_error),
		cmocka_unit_test(a_damaged_index_does_no_harm),
		cmocka_unit_test(paths_stay_below_the_root),
		cmocka_unit_test(unknown_formats_are_errors_with_a_reason),
		cmocka_unit_test(the_comparison_finds_the_differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
