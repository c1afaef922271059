/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "websocket/handshake.h"
#include "util/log-limit.h"

#define ID "abcdefghijklmnopabcdefghijklmnop"

static const struct handshake right = {
	.path = "/",
	.host = "127.0.0.1:7283",
	.origin = "chrome-extension://" ID,
	.subprotocols = "savecast.v1",
	.version = "13",
};

static unsigned check(const struct handshake *handshake, const char **what)
{
	const char *value, *why;

	return handshake_check(handshake, 7283, what, &value, &why);
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

/* `right` with another value in one place; each place in turn without any. */
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
	good(WITH(origin, "moz-extension://0f2c1f2e-9a33-4f0e-8a1c-5be3f0a8c001"));
	good(WITH(subprotocols, "savecast.v2, savecast.v1"));
	good(WITH(subprotocols, "savecast.v1,savecast.v2"));
	good(WITH(subprotocols, " savecast.v1\t"));
}

static void wrong_host(void **state)
{
	static const char *const hosts[] = {NULL, "", "127.0.0.1", "localhost", "[::1]", "::1:7283",
		"127.0.0.1:7284", "127.0.0.1:72830", "127.0.0.1:07283", "127.0.0.1:",
		"localhost.evil.test:7283", "evil.test:7283", "localhost:7283.evil.test",
		"localhost.:7283", "127.0.0.2:7283", "0.0.0.0:7283", "127.1:7283",
		"[::ffff:127.0.0.1]:7283", "127.0.0.1:7283,127.0.0.1:7283",
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
	static const char *const paths[] = {NULL, "", "/x", "//", "/index.html", "*",
		"http://127.0.0.1:7283/"};

	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		bad(WITH(version, versions[i]), 403, "Sec-WebSocket-Version");
	}
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		bad(WITH(path, paths[i]), 404, "path");
	}
}

static void the_log_hears_once_a_minute(void **state)
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
		cmocka_unit_test(the_log_hears_once_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
