/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "server/program-script.h"
#include "util/file.h"
#include "util/mem.h"

static void write_file(const char *folder, const char *name, const char *text)
{
	_cleanup_free_ char *file = mem_printf("%s/%s", folder, name);
	_cleanup_free_ char *above = mem_strndup(file, (size_t)(strrchr(file, '/') - file));

	assert_int_equal(file_make_folders(above), 0);
	assert_int_equal(file_replace(file, text, strlen(text)), 0);
}

static void package_is(const char *folder, const char *script, const char *wanted)
{
	_cleanup_free_ char *package = npm_package_of(script, folder);

	if (wanted ? !package || strcmp(package, wanted) != 0 : package != NULL) {
		fail_msg("%s: %s", script, package ? package : "none");
	}
}

static void packages_of_scripts(void **state)
{
	char folder[] = "/tmp/savecast-unit-XXXXXX";
	_cleanup_free_ char *link = NULL;
	_cleanup_free_ char *big = mem_zero(300 * 1024);
	_cleanup_free_ char *end = NULL;

	assert_non_null(mkdtemp(folder));
	write_file(folder, "node_modules/@11ty/eleventy/package.json", "{\"name\":\"@11ty/eleventy\"}");
	write_file(folder, "node_modules/@11ty/eleventy/lib/cmd.cjs", "");
	write_file(folder, "node_modules/nuxt/package.json", "{\"name\":\"nuxt\"}");
	write_file(folder, "node_modules/nuxt/bin/package.json", "{\"type\":\"module\"}");
	write_file(folder, "node_modules/nuxt/bin/nuxt.mjs", "");
	write_file(folder, "node_modules/odd/package.json", "{\"name\":{}}");
	memset(big, ' ', 300 * 1024 - 1);
	write_file(folder, "node_modules/big/package.json", big);
	write_file(folder, "node_modules/odd/cli.js", "");
	write_file(folder, "node_modules/big/cli.js", "");
	write_file(folder, "package.json",
		"{\"name\":\"next\",\"bin\":{\"a\":7,\"next\":\"./bin/next.js\"}}");
	write_file(folder, "bin/next.js", "");
	write_file(folder, "server.js", "");
	link = mem_printf("%s/eleventy", folder);
	assert_int_equal(symlink("node_modules/@11ty/eleventy/lib/cmd.cjs", link), 0);

	package_is(folder, "eleventy", "@11ty/eleventy");
	package_is(folder, "./node_modules/nuxt/bin/nuxt.mjs", "nuxt");
	package_is("/", "/nowhere/at/all.js", NULL);
	package_is(folder, "bin/next.js", "next");
	package_is(folder, "server.js", "");
	package_is(folder, "server", "");
	package_is(folder, ".yarn/cache/vite-npm-8.zip/node_modules/vite/bin/vite.js", "vite");
	package_is(folder, "x.zip/node_modules/@rsbuild/core/bin.js", "@rsbuild/core");
	package_is(folder, "x.zip/node_modules/@", "@");
	/* Those of a package.json that says nothing are the site's. */
	package_is(folder, "node_modules/odd/cli.js", "");
	package_is(folder, "node_modules/big/cli.js", "");
	end = mem_printf("rm -rf %s", folder);
	assert_int_equal(system(end), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_of_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
