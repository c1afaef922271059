/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>

#include "server/forward-spec.h"
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

/* Where ssh with these arguments forwards port 18000: "HOST PORT", or "". */
static const char *ssh(enum forward_ssh kind, const char *text)
{
	static char said[64];
	size_t length = strlen(text);
	_cleanup_free_ char *arguments = mem_strdup(text);
	const char *host;
	uint16_t port;

	for (size_t i = 0; i < length; i++) {
		arguments[i] = arguments[i] == '\n' ? '\0' : arguments[i];
	}
	port = forward_spec_ssh(arguments, length, kind, 18000, &host);
	snprintf(said, sizeof said, "%s %u", port ? host : "", (unsigned)port);
	return port ? said : "";
}

#define LOCAL(text) ssh(FORWARD_SSH_LOCAL, text)
#define REMOTE(text) ssh(FORWARD_SSH_REMOTE, text)

static void ssh_arguments(void **state)
{
	assert_string_equal(REMOTE("ssh\n-R\n18000:localhost:8000\nlaptop\n"), "localhost 8000");
	assert_string_equal(REMOTE("ssh\n-R18000:127.0.0.1:8000\nlaptop\n"), "127.0.0.1 8000");
	assert_string_equal(REMOTE("ssh\n-fNR\n18000:LOCALHOST:8000\nx\n"), "localhost 8000");
	assert_string_equal(REMOTE("ssh\n-fNTR18000:[::1]:8000\nx\n"), "::1 8000");
	assert_string_equal(REMOTE("ssh\n-NR\n[::1]:18000:localhost:8000\nx\n"), "localhost 8000");
	assert_string_equal(REMOTE("ssh\n-R\n*:18000:0.0.0.0:8000\nx\n"), "127.0.0.1 8000");
	assert_string_equal(REMOTE("ssh\n-R\n:18000:localhost:8000\nx\n"), "localhost 8000");
	assert_string_equal(REMOTE("ssh\n-R\nlocalhost:18000:localhost:8000\nx\n"), "localhost 8000");
	/* Options after the host; options with a value before; several. */
	assert_string_equal(REMOTE("ssh\nlaptop\n-N\n-R\n18000:localhost:8000\n"), "localhost 8000");
	assert_string_equal(REMOTE("ssh\n-i\n-R\n-p\n22\n-R\n18000:localhost:8000\nx\n"), "localhost 8000");
	assert_string_equal(REMOTE("ssh\n-R\n1:localhost:2\n-R\n18000:localhost:3\nx\n"), "localhost 3");
	assert_string_equal(LOCAL("ssh\n-vvL\n18000:localhost:8000\nx\n"), "localhost 8000");
	assert_string_equal(LOCAL("ssh\n-R\n18000:localhost:1\n-L\n18000:localhost:2\nx\n"), "localhost 2");
	/* -o, in the forms that ssh accepts. */
	assert_string_equal(REMOTE("ssh\n-oRemoteForward=18000 localhost:8000\nx\n"), "localhost 8000");
	assert_string_equal(REMOTE("ssh\n-o\nremoteforward 18000 [::1]:8000\nx\n"), "::1 8000");
	assert_string_equal(REMOTE("ssh\n-No\nRemoteForward = [::1]:18000\tlocalhost:8000 \nx\n"), "localhost 8000");
	assert_string_equal(LOCAL("ssh\n-oLocalForward=*:18000 localhost:8000\nx\n"), "localhost 8000");
	assert_string_equal(LOCAL("ssh\n-oRemoteForward=18000 localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-oRemoteForwards=18000 localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-oRemoteForward=18000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-oRemoteForward=\n-o\n=\n-o\n\nx\n"), "");
}

static void what_ssh_does_not_forward(void **state)
{
	char text[600];

	/* Sockets of the file system, SOCKS, a free port, other hosts. */
	assert_string_equal(REMOTE("ssh\n-R\n18000:/run/web.sock\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n/run/18000:localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\nlocalhost:18000:/a:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n/a:18000:localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n18000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n*:18000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-D\n18000:localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-W\n18000:localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n0:localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n18000:db.internal:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n18000:localhost.evil:8000\nx\n"), "");
	/* The command that runs there is not an option of ssh. */
	assert_string_equal(REMOTE("ssh\nx\ncurl\n-R\n18000:localhost:8000\n"), "");
	assert_string_equal(REMOTE("ssh\n--\nx\n-R\n18000:localhost:8000\n"), "");
	/* Not valid, or cut. */
	assert_string_equal(REMOTE("ssh\n-R\n1:2:18000:localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n[::1:18000:localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n[::1]18000:localhost:8000\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n18000:localhost:\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n18000:localhost:65536\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n\\:18000:localhost:8000\\\nx\n"), "");
	assert_string_equal(REMOTE("ssh\n-R\n18000:localhost:8000"), "");
	assert_string_equal(REMOTE("ssh\n-R"), "");
	assert_string_equal(REMOTE("ssh\n-R\n"), "");
	assert_string_equal(REMOTE("ssh\n-\n\n-R\n\n"), "");
	assert_string_equal(REMOTE("ssh"), "");
	assert_string_equal(REMOTE(""), "");
	snprintf(text, sizeof text, "ssh\n-oRemoteForward=18000 %0500d:8000\n", 0);
	assert_string_equal(REMOTE(text), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(those_that_listen_for_others),
		cmocka_unit_test(ports),
		cmocka_unit_test(targets),
		cmocka_unit_test(ssh_arguments),
		cmocka_unit_test(what_ssh_does_not_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
