/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/unix-files.h"

/* A server at a Unix socket, and what two searches see of it at once. */
struct scene {
	char folder[32];
	struct sockaddr_un address;
	int listener;
	struct timespec accessed;
	struct unix_files one, two;
};

static struct timespec accessed(const struct scene *scene)
{
	struct stat stat;

	assert_int_equal(lstat(scene->address.sun_path, &stat), 0);
	return stat.st_atim;
}

static int scene_set_up(void **state)
{
	static struct scene scene;

	scene = (struct scene){
		.folder = "/tmp/savecast-unix-XXXXXX", .address.sun_family = AF_UNIX};
	assert_non_null(mkdtemp(scene.folder));
	snprintf(scene.address.sun_path, sizeof scene.address.sun_path, "%s/s", scene.folder);
	scene.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
		bind(scene.listener, (struct sockaddr *)&scene.address, sizeof scene.address), 0);
	assert_int_equal(listen(scene.listener, 8), 0);
	scene.accessed = accessed(&scene);
	scene.one.count = scene.two.count = 1;
	strcpy(scene.one.list[0].name, scene.address.sun_path);
	strcpy(scene.two.list[0].name, scene.address.sun_path);
	*state = &scene;
	return 0;
}

static int scene_tear_down(void **state)
{
	struct scene *scene = *state;

	close(scene->listener);
	unlink(scene->address.sun_path);
	rmdir(scene->folder);
	return 0;
}

static void begin(struct unix_files *files)
{
	unix_files_begin(files, NULL);
	assert_int_equal(files->count, 1);
}

static void need_access_times(const struct scene *scene)
{
	struct statvfs system;

	assert_int_equal(statvfs(scene->folder, &system), 0);
	if (system.f_flag & ST_NOATIME) {
		skip();
	}
}

static void connect_once(struct scene *scene)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&scene->address, sizeof scene->address), 0);
	close(fd);
}

static void a_connection_is_seen_though_another_search_begins_after_it(void **state)
{
	struct scene *scene = *state;

	need_access_times(scene);
	begin(&scene->one);
	connect_once(scene);
	begin(&scene->two);
	unix_files_end(&scene->one, true);
	unix_files_end(&scene->two, true);
	assert_int_equal(scene->one.count, 1);
	assert_int_equal(scene->two.count, 0);
}

static void searches_at_once_are_no_connections(void **state)
{
	struct scene *scene = *state;
	struct timespec after;

	begin(&scene->one);
	begin(&scene->two);
	unix_files_end(&scene->one, true);
	unix_files_end(&scene->two, true);
	assert_int_equal(scene->one.count, 0);
	assert_int_equal(scene->two.count, 0);
	after = accessed(scene);
	assert_memory_equal(&after, &scene->accessed, sizeof after);
}

static void a_connection_is_seen_by_each_search_that_runs(void **state)
{
	struct scene *scene = *state;

	need_access_times(scene);
	begin(&scene->one);
	begin(&scene->two);
	connect_once(scene);
	unix_files_end(&scene->one, true);
	unix_files_end(&scene->two, true);
	assert_int_equal(scene->one.count, 1);
	assert_int_equal(scene->two.count, 1);
}

static void a_socket_that_was_removed_is_forgotten(void **state)
{
	struct scene *scene = *state;

	begin(&scene->one);
	unlink(scene->address.sun_path);
	unix_files_end(&scene->one, true);
	assert_int_equal(scene->one.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_connection_is_seen_though_another_search_begins_after_it),
		TEST(searches_at_once_are_no_connections),
		TEST(a_connection_is_seen_by_each_search_that_runs),
		TEST(a_socket_that_was_removed_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
