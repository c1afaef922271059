/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "readiness/unread.h"
#include "util/file.h"
#include "util/mem.h"

/* Until the clock of files has moved on: then a read has another time than the change before. */
static void wait_for_tick(void)
{
	struct timespec begun, now;

	clock_gettime(CLOCK_REALTIME_COARSE, &begun);
	do {
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
	} while (now.tv_sec == begun.tv_sec && now.tv_nsec == begun.tv_nsec);
}

static void write_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	wait_for_tick();
}

static void read_and_close(int fd)
{
	char c;

	assert_int_equal(read(fd, &c, 1), 1);
	close(fd);
}

static void add(struct unread *unread, const char *name)
{
	struct fileset files = {0};

	fileset_add(&files, name);
	unread_add(unread, &files);
	fileset_clear(&files);
}

static void a_read_after_the_change_is_seen(void **state)
{
	char folder[] = "/tmp/savecast-unread-XXXXXX";
	_cleanup_free_ char *one = NULL, *two = NULL;
	struct unread unread = {0};

	assert_non_null(mkdtemp(folder));
	one = mem_printf("%s/one", folder);
	two = mem_printf("%s/two", folder);
	write_file(one);
	assert_false(unread_were_read(&unread)); /* no files */
	add(&unread, one);
	assert_false(unread_were_read(&unread));
	read_and_close(file_open_unnoticed(one, 0));
	assert_false(unread_were_read(&unread)); /* our own read */
	read_and_close(open(one, O_RDONLY));
	if (!unread_were_read(&unread)) {
		unlink(one);
		rmdir(folder);
		unread_clear(&unread);
		print_message("%s is on a file system without access times\n", folder);
		skip();
	}
	write_file(two);
	add(&unread, one);
	add(&unread, two);
	assert_int_equal(unread.count, 2);
	assert_false(unread_were_read(&unread)); /* only one of them */
	read_and_close(open(two, O_RDONLY));
	assert_true(unread_were_read(&unread));
	write_file(one);
	assert_false(unread_were_read(&unread)); /* it was written again */
	unlink(one);
	assert_false(unread_were_read(&unread));
	unlink(two);
	rmdir(folder);
	unread_clear(&unread);
}

static void too_many_files_are_not_checked(void **state)
{
	struct unread unread = {0};

	for (int i = 0; i <= UNREAD_MAX; i++) {
		_cleanup_free_ char *name = mem_printf("/proc/self/nothing-%d", i);

		add(&unread, name);
	}
	assert_true(unread.more);
	assert_false(unread_were_read(&unread));
	unread_clear(&unread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_after_the_change_is_seen),
		cmocka_unit_test(too_many_files_are_not_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
