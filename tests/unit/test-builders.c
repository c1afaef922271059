/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "server/builders.h"
#include "util/mem.h"

static bool builds(const char *line)
{
	_cleanup_free_ char *bytes = mem_strdup(line);
	size_t length = strlen(bytes) + 1;

	arguments_end(bytes);
	return builders_have(bytes, length);
}

static void programs_that_build(void **state)
{
	assert_true(builds("node /web/node_modules/.bin/tsc --watch"));
	assert_true(builds("/web/node_modules/x/lib/tsc -w"));
	assert_true(builds("node /web/node_modules/.bin/nest start --watch"));
	assert_true(builds("go build ./..."));
	assert_true(builds("make"));
	assert_false(builds("go env"));
	assert_false(builds("node server.js tsc"));
	assert_false(builds("go"));
	assert_true(builds("vite build --watch"));
	assert_false(builds("vite"));
	assert_false(builds(""));
	assert_false(builds("python3 -m http.server"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
