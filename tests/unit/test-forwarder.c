/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "server/forwarder.h"
#include "util/mem.h"

static void names(void **state)
{
	assert_true(forwarder_is_one("docker-proxy"));
	assert_true(forwarder_is_one("ssh"));
	assert_false(forwarder_is_one("sshd"));
	assert_false(forwarder_is_one(""));
}

/* Arguments with a newline behind each, where /proc has a NUL. */
static bool asks(const char *text)
{
	size_t length = strlen(text);
	_cleanup_free_ char *arguments = mem_strdup(text);

	for (size_t i = 0; i < length; i++) {
		arguments[i] = arguments[i] == '\n' ? '\0' : arguments[i];
	}
	return forwarder_names_port(arguments, length, 8080);
}

static void ports(void **state)
{
	assert_true(asks("docker-proxy\n-host-ip\n0.0.0.0\n-host-port\n8080\n-container-port\n80\n"));
	assert_false(asks("docker-proxy\n-host-port\n80\n-container-port\n8080\n"));
	assert_false(asks("docker-proxy\n-host-port\n80801\n"));
	assert_false(asks("docker-proxy\n-host-port\n"));
	assert_false(asks("docker-proxy\n-host-port"));
	assert_false(asks("docker-proxy\n-host-port\n8080"));
	assert_false(asks("-host-port\n-host-port\n"));
	assert_false(asks("\n\n"));
	assert_false(asks(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
