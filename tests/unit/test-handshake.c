/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "websocket/handshake.h"
#include "websocket/request-head.h"
#include "util/log.h"

#define ID "abcdefghijklmnopabcdefghijklmnop"

static const struct handshake right = {
	.method = "GET",
	.path = "/",
	.http = "HTTP/1.1",
	.upgrade = "websocket",
	.connection = "Upgrade",
	.key = "dGhlIHNhbXBsZSBub25jZQ==",
	.host = "127.0.0.1:7283",
	.origin = "chrome-extension://" ID,
	.subprotocols = "savecast.v1",
	.version = "13",
};

static unsigned check(const struct handshake *handshake, const char **what)
{
	const char *value, *why;

	return handshake_check(handshake, what, &value, &why);
}

static void good(struct handshake handshake)
{
	const char *what;

	assert_int_equal(check(&handshake, &what), 0);
	assert_null(what);
}

static void bad(struct handshake handshake, unsigned status, const char *named)
{
	const char *what;

	assert_int_equal(check(&handshake, &what), status);
	assert_string_equal(what, named);
}

/* `right` with another value in one field; NULL: without the field. */
#define WITH(place, value_)                                                                        \
	({                                                                                         \
		struct handshake with = right;                                                     \
		with.place = (value_);                                                             \
		with;                                                                              \
	})

static void right_ones(void **state)
{
	good(right);
	good(WITH(host, "localhost:7283"));
	good(WITH(host, "LocalHost:7283"));
	good(WITH(host, "[::1]:7283"));
	good(WITH(host, "127.0.0.1:7284")); /* the other end of a tunnel */
	good(WITH(host, "localhost:65535"));
	good(WITH(origin, "moz-extension://0f2c1f2e-9a33-4f0e-8a1c-5be3f0a8c001"));
	good(WITH(subprotocols, "savecast.v2, savecast.v1"));
	good(WITH(subprotocols, "savecast.v1,savecast.v2"));
	good(WITH(subprotocols, " savecast.v1\t"));
	good(WITH(connection, "keep-alive, Upgrade"));
	good(WITH(connection, "upgrade"));
	good(WITH(upgrade, "WebSocket"));
	good(WITH(key, "AAAAAAAAAAAAAAAAAAAAAA=="));
	good(WITH(key, "/+///////////////////w=="));
}

static void wrong_host(void **state)
{
	static const char *const hosts[] = {NULL, "", "127.0.0.1", "localhost", "[::1]", "::1:7283",
		"127.0.0.1:728300", "127.0.0.1:65536", "127.0.0.1:0", "127.0.0.1:07283",
		"127.0.0.1:", "127.0.0.1:7x", "localhost.evil.test:7283", "evil.test:7283",
		"localhost:7283.evil.test", "localhost.:7283", "127.0.0.2:7283", "0.0.0.0:7283",
		"127.1:7283", "[::ffff:127.0.0.1]:7283", "127.0.0.1:7283,127.0.0.1:7283",
		"127.0.0.1:7283,evil.test", " 127.0.0.1:7283", "user@127.0.0.1:7283"};

	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		bad(WITH(host, hosts[i]), 403, "Host");
	}
}

static void wrong_origin(void **state)
{
	static const char *const origins[] = {NULL, "", "null", "http://localhost:8000",
		"http://127.0.0.1:7283", "https://evil.test", "file://", "chrome-extension:",
		"chrome-extension://", "moz-extension://", "chrome-extension:///",
		"chrome-extension://" ID "/", "chrome-extension://" ID "/page",
		"chrome-extension://" ID ":80", "chrome-extension://" ID ",http://evil.test",
		"chrome-extension://" ID ",chrome-extension://" ID,
		"http://evil.test,chrome-extension://" ID, "chrome-extension://user@" ID,
		"chrome-extension://" ID ".evil.test", "Chrome-Extension://" ID,
		"xchrome-extension://" ID, "safari-web-extension://" ID, "chrome-extension://a b",
		"chrome-extension://\xc3\xa9"};

	for (size_t i = 0; i < COUNT_OF(origins); i++) {
		bad(WITH(origin, origins[i]), 403, "Origin");
	}
}

static void wrong_subprotocol(void **state)
{
	static const char *const lists[] = {NULL, "", " ", ",", "savecast", "savecast.v1x",
		"savecast.v11", "xsavecast.v1", "Savecast.v1", "savecast.v2", "savecast.v1,",
		",savecast.v1", "savecast.v1 savecast.v2", "savecast.v1;savecast.v2",
		"(savecast.v1)", "savecast.v1, a/b", "\"savecast.v1\""};

	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		bad(WITH(subprotocols, lists[i]), 403, "Sec-WebSocket-Protocol");
	}
}

static void wrong_version_and_path(void **state)
{
	static const char *const versions[] = {NULL, "", "8", "12", "14", "013", "13,13", "13, 8"};
	static const char *const paths[] = {NULL, "", "/x", "//", "/..", "/?a", "/#", "/index.html", "*",
		"http://127.0.0.1:7283/"};

	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		bad(WITH(version, versions[i]), 403, "Sec-WebSocket-Version");
	}
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		bad(WITH(path, paths[i]), 404, "path");
	}
}

static void wrong_line_and_upgrade(void **state)
{
	static const char *const methods[] = {NULL, "", "get", "POST", "HEAD", "OPTIONS", "CONNECT"};
	static const char *const https[] = {NULL, "", "HTTP/1.0", "HTTP/2.0", "HTTP/1.11", "http/1.1"};
	static const char *const upgrades[] = {NULL, "", "h2c", "websocket, h2c", "websocket/13"};
	static const char *const connections[] = {NULL, "", "close", "keep-alive", "Upgrades",
		"keep-alive Upgrade"};
	static const char *const keys[] = {NULL, "", "dGhlIHNhbXBsZSBub25jZQ",
		"dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ=A", "dGhlIHNhbXBsZSBub25jZ===",
		"dGhlIHNhbXBsZSBub25jZQ== ", "dGhlIHNhbXBsZSBub25j_Q==",
		"AAAAAAAAAAAAAAAAAAAAAAAAAA==", "dGhlIHNhbXBsZSBub25jZQ==,dGhlIHNhbXBsZSBub25jZQ=="};

	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		bad(WITH(method, methods[i]), 403, "method");
	}
	for (size_t i = 0; i < COUNT_OF(https); i++) {
		bad(WITH(http, https[i]), 403, "version");
	}
	for (size_t i = 0; i < COUNT_OF(upgrades); i++) {
		bad(WITH(upgrade, upgrades[i]), 403, "Upgrade");
	}
	for (size_t i = 0; i < COUNT_OF(connections); i++) {
		bad(WITH(connection, connections[i]), 403, "Connection");
	}
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		bad(WITH(key, keys[i]), 403, "Sec-WebSocket-Key");
	}
}

/* All bytes at once, and byte by byte. */
static void read_both(const char *text, struct request_head *head)
{
	struct request_head slowly = {0};
	size_t length = strlen(text), taken, at = 0;

	*head = (struct request_head){0};
	taken = request_head_read(head, (const uint8_t *)text, length);
	while (slowly.state == REQUEST_MORE && at < length) {
		assert_int_equal(request_head_read(&slowly, (const uint8_t *)text + at, 1), 1);
		at++;
	}
	assert_int_equal(slowly.state, head->state);
	assert_int_equal(at, taken);
}

#define LINE "GET / HTTP/1.1\r\n"

static void heads_are_read(void **state)
{
	struct request_head head;

	read_both(LINE "hOST:  a b\t\r\nCookie: x\r\nX:\r\nConnection: keep-alive,\t Upgrade\r\n"
		       "Sec-WebSocket-Protocolx: no\r\n\r\nrest", &head);
	assert_int_equal(head.state, REQUEST_COMPLETE);
	assert_string_equal(head.method, "GET");
	assert_string_equal(head.target, "/");
	assert_string_equal(head.version, "HTTP/1.1");
	assert_string_equal(request_head_field(&head, REQUEST_HOST), "a b");
	assert_string_equal(request_head_field(&head, REQUEST_CONNECTION), "keep-alive,Upgrade");
	assert_null(request_head_field(&head, REQUEST_PROTOCOL));

	read_both(LINE "Origin: a \r\nOrigin:b\r\n\r\n", &head);
	assert_string_equal(request_head_field(&head, REQUEST_ORIGIN), "a,b");
	read_both("GET /?a HTTP/1.1\r\n\r\n", &head);
	assert_string_equal(head.target, "/?a");
}

static void long_lines_are_cut(void **state)
{
	_cleanup_free_ char *longest = mem_printf("GET %0*d HTTP/1.1\r\nHost: %0*d\r\nOrigin: %0*d\r\n\r\n",
		107, 0, REQUEST_LINE_MAX, 0, REQUEST_LINE_MAX + 1, 0);
	_cleanup_free_ char *longer = mem_printf("GET %0*d HTTP/1.1\r\n\r\n", 3000, 0);
	struct request_head head;

	read_both(longest, &head);
	assert_int_equal(head.state, REQUEST_COMPLETE);
	assert_int_equal(strlen(head.target), 107);
	assert_string_equal(head.version, "HTTP/1.1");
	assert_int_equal(strlen(request_head_field(&head, REQUEST_HOST)), REQUEST_LINE_MAX);
	assert_string_equal(request_head_field(&head, REQUEST_ORIGIN), "(too long)");
	read_both(longer, &head);
	assert_int_equal(head.state, REQUEST_COMPLETE);
	assert_int_equal(strlen(head.target), REQUEST_LINE_MAX - 4);
	assert_string_equal(head.version, "");
}

static void malformed_heads_are_refused(void **state)
{
	static const char *const texts[] = {"GET / HTTP/1.1\n", LINE "Host: x\n", "GET /\r\n",
		"GET\r\n", "\r\n", "GET  / HTTP/1.1\r\n", " GET / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n",
		"GET / HTTP/1.1\rX", LINE "Host\r\n", LINE ": x\r\n", LINE "Host : x\r\n", LINE " Host: x\r\n",
		LINE "Host: x\r\n y\r\n", LINE "Ho\001st: x", LINE "Host: \001", LINE "Host: \177",
		LINE "Host: x\rY", LINE "H\xc3\xb6st: x", LINE "\rX"};
	struct request_head head = {0};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		read_both(texts[i], &head);
		assert_int_equal(head.state, REQUEST_MALFORMED);
		assert_non_null(head.why);
	}
	head = (struct request_head){0};
	request_head_read(&head, (const uint8_t *)"GET /\0 HTTP/1.1", 15);
	assert_int_equal(head.state, REQUEST_MALFORMED);
}

static void the_size_of_a_head_is_limited(void **state)
{
	size_t length = REQUEST_HEAD_MAX - strlen(LINE "Cookie: \r\n\r\n");
	_cleanup_free_ char *fits = mem_printf(LINE "Cookie: %0*d\r\n\r\n", (int)length, 0);
	_cleanup_free_ char *larger = mem_printf(LINE "Cookie: %0*d\r\n\r\n", (int)length + 1, 0);
	struct request_head head = {0};

	assert_int_equal(request_head_read(&head, (const uint8_t *)fits, strlen(fits)), REQUEST_HEAD_MAX);
	assert_int_equal(head.state, REQUEST_COMPLETE);
	head = (struct request_head){0};
	request_head_read(&head, (const uint8_t *)larger, strlen(larger));
	assert_int_equal(head.state, REQUEST_TOO_LARGE);
}

static void refusals_are_logged_once_a_minute(void **state)
{
	struct log_limit limit = {0};
	uint64_t now = 5000;
	char more[LOG_LIMIT_MORE_MAX];

	assert_true(log_limit_pass(&limit, now, more));
	assert_string_equal(more, "");
	assert_false(log_limit_pass(&limit, now, more));
	assert_false(log_limit_pass(&limit, now + LOG_LIMIT_USEC - 1, more));
	assert_true(log_limit_pass(&limit, now + LOG_LIMIT_USEC, more));
	assert_string_equal(more, " (2 more before it)");
	assert_true(log_limit_pass(&limit, now + 2 * LOG_LIMIT_USEC, more));
	assert_string_equal(more, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_ones),
		cmocka_unit_test(wrong_host),
		cmocka_unit_test(wrong_origin),
		cmocka_unit_test(wrong_subprotocol),
		cmocka_unit_test(wrong_version_and_path),
		cmocka_unit_test(wrong_line_and_upgrade),
		cmocka_unit_test(heads_are_read),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(malformed_heads_are_refused),
		cmocka_unit_test(the_size_of_a_head_is_limited),
		cmocka_unit_test(refusals_are_logged_once_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
