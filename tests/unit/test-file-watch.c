/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config/file-watch.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/mounts.h"

struct seen {
	struct loop *loop;
	const char *folder;
	int gone, changed;
};

static void on_mount(const char *name, enum mount_state state, void *userdata)
{
}

static void write_file(const char *folder, const char *name, const char *text)
{
	_cleanup_free_ char *path = mem_printf("%s/%s", folder, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void quit_after_both(struct seen *seen)
{
	if (seen->gone && seen->changed) {
		loop_quit(seen->loop, 5);
	}
}

static bool on_gone(bool stays_so, void *userdata)
{
	struct seen *seen = userdata;

	seen->gone += stays_so;
	quit_after_both(seen);
	return false;
}

static bool on_changed(bool stays_so, void *userdata)
{
	struct seen *seen = userdata;

	seen->changed++;
	quit_after_both(seen);
	return true;
}

/* The loop is so late that two timers are due in the same turn. */
static void block(void *userdata)
{
	usleep(20000);
}

static void change_other(void *userdata)
{
	struct seen *seen = userdata;

	write_file(seen->folder, "other", "new");
}

/* The timer of one file reads the events of all. */
static void a_file_that_settles_hides_no_change_of_another(void **state)
{
	char folder[] = "/tmp/savecast-file-watch-XXXXXX", command[64];
	_cleanup_free_ char *path = NULL;
	struct seen seen = {.loop = loop_new(), .folder = folder};
	struct file_watcher *watcher = file_watcher_new(seen.loop);
	struct loop_timer *late = loop_timer_new(seen.loop, block, NULL);
	struct loop_timer *write = loop_timer_new(seen.loop, change_other, &seen);
	struct file_watch *gone, *other;
	uint64_t settles;

	assert_non_null(mkdtemp(folder));
	mounts_new(seen.loop, on_mount, NULL);
	write_file(folder, "gone", "text");
	write_file(folder, "other", "old");
	gone = file_watch_new(watcher, folder, "gone", false, on_gone, &seen);
	other = file_watch_new(watcher, folder, "other", false, on_changed, &seen);
	path = mem_printf("%s/gone", folder);
	assert_int_equal(unlink(path), 0);
	settles = clock_now_usec() + FILE_SETTLE_USEC;
	loop_timer_set(late, settles - 5000);
	loop_timer_set(write, settles - 1000);
	assert_int_equal(loop_run(seen.loop), 5);
	assert_int_equal(seen.changed, 1);
	assert_int_equal(seen.gone, 1);
	file_watch_free(gone);
	file_watch_free(other);
	file_watcher_free(watcher);
	loop_timer_free(late);
	loop_timer_free(write);
	mounts_finish();
	loop_finish_jobs(seen.loop);
	mounts_free();
	loop_free(seen.loop);
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_settles_hides_no_change_of_another),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
