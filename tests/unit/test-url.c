/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

#include "server/listen-socket.h"
#include "server/url.h"
#include "util/mem.h"

static void http(const char *text, const char *host, unsigned port, const char *path, bool loopback)
{
	struct url url;
	const char *why = NULL;

	assert_int_equal(url_parse(text, &url, &why), 0);
	assert_int_equal(url.kind, URL_HTTP);
	assert_string_equal(url.host, host);
	assert_int_equal(url.port, port);
	assert_string_equal(url.path, path);
	assert_int_equal(url_is_loopback(&url), loopback);
	url_clear(&url);
}

static void http_urls(void **state)
{
	http("http://localhost:8000/", "localhost", 8000, "/", true);
	http("http://LOCALHOST", "localhost", 80, "/", true);
	http("https://shop.localhost:8443/a/b?c=d#e", "shop.localhost", 8443, "/a/b", true);
	http("https://localhost", "localhost", 443, "/", true);
	http("http://127.0.0.1:1/x", "127.0.0.1", 1, "/x", true);
	http("http://127.9.9.9:65535", "127.9.9.9", 65535, "/", true);
	http("http://[::1]:8000/", "::1", 8000, "/", true);
	http("http://user:pa@ss@localhost:8000/", "localhost", 8000, "/", true);
	http("http://localhost?q", "localhost", 80, "/", true);
	http("http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80, "/", false);
	http("http://128.0.0.1/", "128.0.0.1", 80, "/", false);
	http("http://localhost.evil.test/", "localhost.evil.test", 80, "/", false);
	http("http://evillocalhost/", "evillocalhost", 80, "/", false);
	http("http://[2001:db8::1]/", "2001:db8::1", 80, "/", false);
}

static void file_urls(void **state)
{
	struct url url;
	const char *why = NULL;

	assert_int_equal(url_parse("file:///a%20b/c.html", &url, &why), 0);
	assert_int_equal(url.kind, URL_FILE);
	assert_string_equal(url.path, "/a b/c.html");
	url_clear(&url);
}

static void other_urls(void **state)
{
	static const char *const texts[] = {"about:blank", "chrome://newtab/", "", "ftp://x/",
		"data:text/html,x", "moz-extension://x/y"};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct url url;
		const char *why = NULL;

		assert_int_equal(url_parse(texts[i], &url, &why), 0);
		assert_int_equal(url.kind, URL_OTHER);
		assert_false(url_is_loopback(&url));
		url_clear(&url);
	}
}

static void bad_urls(void **state)
{
	static const char *const texts[] = {
		"http://",
		"http:///x",
		"http://:80/",
		"http://localhost:/",
		"http://localhost:0/",
		"http://localhost:65536/",
		"http://localhost:99999/",
		"http://localhost:184467440737095516160/",
		"http://localhost:+80/",
		"http://localhost:80x/",
		"http://localhost:80:80/",
		"http://[::1/",
		"http://[::1]x/",
		"http://[localhost]/",
		"http://[::1%25lo]/",
		"http://b\xc3\xbc""cher.example/",
		"http://a b/",
		"file:///a/../b",
		"file:///%00",
		"file://elsewhere/a",
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct url url;
		const char *why = NULL;

		assert_int_equal(url_parse(texts[i], &url, &why), -EINVAL);
		assert_non_null(why);
		assert_null(url.host);
		assert_null(url.path);
	}
}

static void the_length_is_bounded(void **state)
{
	struct url url;
	const char *why = NULL;
	char text[URL_MAX + 2];

	memset(text, 'x', sizeof text);
	memcpy(text, "http://localhost/", strlen("http://localhost/"));
	text[URL_MAX] = '\0';
	assert_int_equal(url_parse(text, &url, &why), 0);
	url_clear(&url);
	text[URL_MAX] = 'x';
	text[URL_MAX + 1] = '\0';
	assert_int_equal(url_parse(text, &url, &why), -EINVAL);
}

static struct listen_socket bound_to(const char *address)
{
	struct listen_socket s = {.v6 = strchr(address, ':') != NULL};

	assert_int_equal(inet_pton(s.v6 ? AF_INET6 : AF_INET, address, &s.address), 1);
	return s;
}

static void which_sockets_take_a_host(void **state)
{
	static const struct {
		const char *bound, *host;
		bool takes;
	} rows[] = {
		{"127.0.0.1", "localhost", true},
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "127.0.0.2", false},
		{"127.0.0.1", "::1", false},
		{"127.0.0.2", "localhost", false},
		{"127.0.0.2", "127.0.0.2", true},
		{"0.0.0.0", "localhost", true},
		{"0.0.0.0", "127.0.0.2", true},
		{"0.0.0.0", "::1", false},
		{"192.0.2.1", "localhost", false},
		{"::1", "localhost", true},
		{"::1", "::1", true},
		{"::1", "127.0.0.1", false},
		{"::", "localhost", true},
		{"::", "127.0.0.1", true},
		{"::", "::1", true},
		{"2001:db8::1", "localhost", false},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct listen_socket s = bound_to(rows[i].bound);

		if (listen_socket_takes(&s, rows[i].host) != rows[i].takes) {
			fail_msg("%s for %s", rows[i].bound, rows[i].host);
		}
		s.v6_only = s.v6;
		if (s.v6 && !strchr(rows[i].host, ':') && strcmp(rows[i].host, "localhost") != 0) {
			assert_false(listen_socket_takes(&s, rows[i].host));
		}
	}
}

/* Java does this for 127.0.0.1. */
static void an_ipv4_address_of_an_ipv6_socket_is_one(void **state)
{
	static const char *const addresses[] = {"::ffff:127.0.0.1", "::ffff:0.0.0.0"};

	for (size_t i = 0; i < COUNT_OF(addresses); i++) {
		struct sockaddr_in6 address = {.sin6_family = AF_INET6};
		socklen_t length = sizeof address;
		struct listen_socket sockets[2];
		int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
		uint16_t port;

		inet_pton(AF_INET6, addresses[i], &address.sin6_addr);
		assert_int_equal(bind(fd, (void *)&address, sizeof address), 0);
		assert_int_equal(listen(fd, 8), 0);
		getsockname(fd, (void *)&address, &length);
		port = ntohs(address.sin6_port);
		assert_int_equal(listen_sockets_of("localhost", port, LOOPBACK_V6_FIRST, sockets, 2), 1);
		assert_int_equal(listen_sockets_of("127.0.0.1", port, LOOPBACK_V6_FIRST, sockets, 2), 1);
		assert_int_equal(listen_sockets_of("::1", port, LOOPBACK_V6_FIRST, sockets, 2), 0);
		assert_false(sockets[0].v6);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_urls),
		cmocka_unit_test(file_urls),
		cmocka_unit_test(other_urls),
		cmocka_unit_test(bad_urls),
		cmocka_unit_test(the_length_is_bounded),
		cmocka_unit_test(which_sockets_take_a_host),
		cmocka_unit_test(an_ipv4_address_of_an_ipv6_socket_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
