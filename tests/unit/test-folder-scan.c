/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sources/folder-scan.h"
#include "util/mem.h"

static char top[] = "/tmp/savecast-unit-XXXXXX";

static void make_folder(const char *name)
{
	_cleanup_free_ char *path = mem_printf("%s/%s", top, name);

	assert_int_equal(mkdir(path, 0700), 0);
}

static void make_file(const char *name, const char *text)
{
	_cleanup_free_ char *path = mem_printf("%s/%s", top, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static bool is_of_another(const char *name)
{
	_cleanup_free_ char *path = mem_printf("%s/%s", top, name);

	return folder_scan_is_of_another(top, path);
}

static void a_file_belongs_to_the_nearest_repository_or_settings(void **state)
{
	_cleanup_free_ char *remove = NULL;

	assert_non_null(mkdtemp(top));
	make_folder(".git");
	make_file(".savecast", "");
	make_folder("plain");
	make_folder("repository");
	make_folder("repository/.git");
	make_folder("repository/deep");
	make_folder("settings");
	make_file("settings/.savecast", "");
	make_folder("module");
	make_file("module/.git", "gitdir: ../.git/modules/module\n");
	make_folder("tree");
	make_file("tree/.git", "gitdir: /elsewhere/.git/worktrees/tree\n");
	assert_false(is_of_another("a.css"));
	assert_false(is_of_another("plain/a.css"));
	assert_true(is_of_another("repository/a.css"));
	assert_true(is_of_another("repository/deep/not-yet.css"));
	assert_true(is_of_another("settings/a.css"));
	assert_false(is_of_another("module/a.css"));
	assert_true(is_of_another("tree/a.css"));
	remove = mem_printf("rm -rf %s", top);
	assert_int_equal(system(remove), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_belongs_to_the_nearest_repository_or_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
