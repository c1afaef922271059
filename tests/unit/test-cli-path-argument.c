/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/pathname.h"
#include "cli/path-argument.h"

static void good(const char *given, const char *folder, const char *expected)
{
	_cleanup_free_ char *text = NULL;
	const char *why = NULL;

	assert_int_equal(path_argument_read(given, folder, &text, &why), 0);
	assert_string_equal(text, expected);
}

static void bad(const char *given, const char *folder, int error, const char *part_of_why)
{
	char *text = NULL;
	const char *why = NULL;

	assert_int_equal(path_argument_read(given, folder, &text, &why), error);
	assert_null(text);
	assert_non_null(strstr(why, part_of_why));
}

static void names_without_dots_need_no_disk(void **state)
{
	good("/nowhere/a.css", "/x", "/nowhere/a.css");
	good("a.css", "/x/y", "/x/y/a.css");
	good("./a.css", "/x", "/x/a.css");
	good("a//b/./c/", "/x", "/x/a/b/c");
	good("//a///b", NULL, "/a/b");
	good(".", "/x", "/x");
	good(".", "/", "/");
	good("a", "/", "/a");
	good("/", NULL, "/");
	good("...", "/x", "/x/...");
	good("..a/b..", "/x", "/x/..a/b..");
	good(" a ", "/x", "/x/ a ");
	good("%41?#", "/x", "/x/%41?#");
	good("-a", "/x", "/x/-a");
	good("a\nb", "/x", "/x/a\nb");
}

static void names_that_are_not_utf8_become_uris(void **state)
{
	good("caf\xe9.css", "/x", "file:///x/caf%E9.css");
	good("caf\xc3\xa9.css", "/x\xff", "file:///x%FF/caf%C3%A9.css");
	good("file:///x/caf%E9.css", NULL, "file:///x/caf%E9.css");
	good("file:///x/caf%C3%A9%0A.css", NULL, "/x/caf\xc3\xa9\n.css");
	good("./file:a", "/x", "/x/file:a");
}

static void invalid_names(void **state)
{
	char longest[PATHNAME_MAX + 2];

	bad("", "/x", -EINVAL, "empty");
	bad("a", NULL, -ENOENT, "current folder");
	bad("file:///a/../b", "/x", -EINVAL, "component");
	bad("file:a", "/x", -EINVAL, "absolute");
	bad("file://elsewhere/a", "/x", -EINVAL, "this machine");
	memset(longest, 'x', sizeof longest);
	longest[0] = '/';
	longest[PATHNAME_MAX] = '\0';
	good(longest, "/x", longest);
	longest[PATHNAME_MAX] = 'x';
	longest[PATHNAME_MAX + 1] = '\0';
	bad(longest, "/x", -ENAMETOOLONG, "4095");
	bad(longest + 1, "/x", -ENAMETOOLONG, "4095");
}

/* T/real/sub, and T/link -> real/sub: link/.. is T/real. */
static void dots_follow_links(void **state)
{
	char folder[] = "/tmp/savecast-name.XXXXXX";
	_cleanup_free_ char *top = NULL;
	_cleanup_free_ char *real = NULL;
	_cleanup_free_ char *sub = NULL;
	_cleanup_free_ char *link = NULL;
	_cleanup_free_ char *in_real = NULL;
	_cleanup_free_ char *in_link = NULL;

	assert_non_null(mkdtemp(folder));
	top = realpath(folder, NULL);
	real = mem_printf("%s/real", top);
	sub = mem_printf("%s/real/sub", top);
	link = mem_printf("%s/link", top);
	in_real = mem_printf("%s/real/a.css", top);
	in_link = mem_printf("%s/link/a.css", top);
	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(mkdir(sub, 0700), 0);
	assert_int_equal(symlink("real/sub", link), 0);

	good("link/../a.css", top, in_real);
	good("real/sub/../../link/a.css", top, in_link);
	good("..", sub, real);
	good("../a.css", sub, in_real);
	good("../../link/a.css", sub, in_link);
	good("link/a.css", top, in_link);
	good("/..", NULL, "/");
	good("/../a", NULL, "/a");
	bad("nothing/../a.css", top, -ENOENT, "does not exist");

	unlink(link);
	rmdir(sub);
	rmdir(real);
	rmdir(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_without_dots_need_no_disk),
		cmocka_unit_test(names_that_are_not_utf8_become_uris),
		cmocka_unit_test(invalid_names),
		cmocka_unit_test(dots_follow_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
