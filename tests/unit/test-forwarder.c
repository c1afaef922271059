/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "server/forwarder.h"
#include "util/mem.h"

/* Arguments, each followed by a newline where /proc has a NUL. */
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

static bool is_one(const char *name, const char *text)
{
	size_t length = strlen(text);
	_cleanup_free_ char *arguments = mem_strdup(text);

	for (size_t i = 0; i < length; i++) {
		arguments[i] = arguments[i] == '\n' ? '\0' : arguments[i];
	}
	return forwarder_is_one(name, arguments, length);
}

static void names(void **state)
{
	static const char *const all[] = {"docker-proxy", "rootlesskit", "rootlesskit-doc",
		"rootlessport", "slirp4netns", "pasta", "pasta.avx2", "kubectl", "oc", "ssh", "sshd",
		"socat", "com.docker.back"};

	for (size_t i = 0; i < COUNT_OF(all); i++) {
		assert_true(is_one(all[i], ""));
	}
	assert_false(is_one("node", "node\nserver.js\n"));
	assert_false(is_one("", ""));
	/* VS Code: the process that forwards ports, one that serves an extension's files, others. */
	assert_true(is_one("code", "/usr/share/code/code\n--type=utility\n"
				   "--utility-sub-type=node.mojom.NodeService\n--lang=en-US\n"));
	assert_true(is_one("codium", "codium\n--type=utility\n"));
	assert_false(is_one("code", "code\n--type=utility\n--inspect-port=0\n"));
	assert_false(is_one("code", "code\n--inspect=27741\nout/bootstrap-fork\n--type=extensionHost\n"));
	assert_false(is_one("code", "code\n.\n"));
	assert_false(is_one("code", "./code\n--port\n8000\n"));
	assert_false(is_one("code", ""));
	assert_false(is_one("code", "--type="));
	assert_false(is_one("node", "node\n--type=utility\n"));
}

static void those_that_listen_for_others(void **state)
{
	assert_true(forwarder_asks_others("ssh"));
	assert_true(forwarder_asks_others("rootlesskit"));
	assert_false(forwarder_asks_others("socat"));
	assert_false(forwarder_asks_others(""));
}

static unsigned target(const char *name, const char *text)
{
	size_t length = strlen(text);
	_cleanup_free_ char *arguments = mem_strdup(text);

	for (size_t i = 0; i < length; i++) {
		arguments[i] = arguments[i] == '\n' ? '\0' : arguments[i];
	}
	return forwarder_target(name, arguments, length, 18000);
}

static void targets(void **state)
{
	assert_int_equal(target("ssh", "ssh\n-L\n18000:localhost:8000\ndevbox\n"), 8000);
	assert_int_equal(target("ssh", "ssh\n-L18000:127.0.0.1:8000\ndevbox\n"), 8000);
	assert_int_equal(target("ssh", "ssh\n-NL\n127.0.0.1:18000:[::1]:8000\ndevbox\n"), 8000);
	assert_int_equal(target("ssh", "ssh\n-L\n[::1]:18000:localhost:80\nx\n"), 80);
	assert_int_equal(target("ssh", "ssh\n-L\n1:localhost:2\n-L\n18000:localhost:3\nx\n"), 3);
	assert_int_equal(target("ssh", "ssh\n-L\n18000:other.host:8000\ndevbox\n"), 0);
	assert_int_equal(target("ssh", "ssh\n-R\n18000:localhost:8000\ndevbox\n"), 0);
	assert_int_equal(target("ssh", "ssh\n-D\n18000\ndevbox\n"), 0);
	assert_int_equal(target("ssh", "ssh\n-L\n18000:localhost:99999\ndevbox\n"), 0);
	assert_int_equal(target("ssh", "ssh\n-L\n:::::\n"), 0);
	assert_int_equal(target("ssh", "ssh\n-L\n]:8000\n-L\n:\n-L\n\n"), 0);
	assert_int_equal(target("ssh", "ssh\n-L\n18000:localhost:8000"), 0); /* cut */
	assert_int_equal(target("docker-proxy",
		"docker-proxy\n-host-port\n18000\n-container-ip\n172.17.0.2\n-container-port\n80\n"), 80);
	assert_int_equal(target("docker-proxy", "docker-proxy\n-host-port\n1\n-container-port\n80\n"), 0);
	assert_int_equal(target("kubectl", "kubectl\nport-forward\nsvc/web\n18000:8000\n"), 8000);
	assert_int_equal(target("kubectl", "kubectl\nport-forward\nsvc/web\n18001:8000\n"), 0);
	assert_int_equal(target("kubectl", "kubectl\nport-forward\npod/web\n8000\n"), 0); /* the same */
	assert_int_equal(target("oc", "oc\nport-forward\nweb\n18000:8000\n"), 8000);
	assert_int_equal(target("rootlesskit-doc",
		"rootlesskit-docker-proxy\n-proto\ntcp\n-host-port\n18000\n-container-port\n80\n"), 80);
	assert_int_equal(target("ssh", "ssh: /home/me/.ssh/cm-devbox [mux]\n"), 0);
	assert_int_equal(target("pasta", "pasta\n--config-net\n-t\n1:2,127.0.0.1/17999-18001:7999-8001\n"), 8000);
	assert_int_equal(target("pasta.avx2", "pasta\n--tcp-ports=18000:80\n"), 80);
	assert_int_equal(target("pasta", "pasta\n-t\n18000-:80\n-t\n-:\n-t\n,,/\n"), 0);
	assert_int_equal(target("pasta", "pasta\n-t\n17000-18000:65000-65535\n"), 0);
	assert_int_equal(target("socat", "socat\nTCP-LISTEN:18000,fork\nTCP:localhost:8000\n"), 8000);
	assert_int_equal(target("socat", "socat\nTCP-LISTEN:18000\nTCP:\n"), 0);
	assert_int_equal(target("sshd", "sshd\n-L\n18000:localhost:8000\n"), 0);
	assert_int_equal(target("ssh", ""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(those_that_listen_for_others),
		cmocka_unit_test(ports),
		cmocka_unit_test(targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
