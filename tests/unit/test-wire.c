/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include <jansson.h>

#include "util/mem.h"
#include "util/utf8.h"
#include "websocket/wire.h"

/* What the parser refuses and at which limits; test-wire-vectors.c has the examples. */

static void good(const char *text)
{
	struct wire_message message;
	struct wire_error error;

	if (wire_parse(text, strlen(text), &message, &error) < 0) {
		fail_msg("%.80s: %s", text, error.message);
	}
	wire_message_clear(&message);
}

static void bad(const char *text, const char *code, const char *part)
{
	struct wire_message message;
	struct wire_error error;

	assert_int_equal(wire_parse(text, strlen(text), &message, &error), -EBADMSG);
	assert_string_equal(error.code, code);
	assert_true(utf8_is_valid(error.message, strlen(error.message)));
	if (!strstr(error.message, part)) {
		fail_msg("%s: has no \"%s\"", error.message, part);
	}
	assert_int_equal(message.type, WIRE_IGNORED);
	assert_null(message.url);
}

/* `n` bytes made of copies of `unit`. */
static char *many(const char *unit, size_t n)
{
	char *text = mem_alloc(n + 1);

	for (size_t i = 0; i < n; i++) {
		text[i] = unit[i % strlen(unit)];
	}
	text[n] = '\0';
	return text;
}

static void url_of(size_t n, bool fits)
{
	_cleanup_free_ char *url = many("u", n);
	_cleanup_free_ char *text =
		mem_printf("{\"type\":\"watch\",\"tab\":1,\"url\":\"%s\"}", url);

	if (fits) {
		good(text);
	} else {
		bad(text, WIRE_BAD_MESSAGE, "watch: url: uuu");
	}
}

static void detail_of(const char *unit, size_t n, bool fits)
{
	_cleanup_free_ char *detail = many(unit, n);
	_cleanup_free_ char *text = mem_printf(
		"{\"type\":\"report\",\"event\":1,\"tab\":1,\"step\":\"failed\",\"detail\":\"%s\"}",
		detail);

	if (fits) {
		good(text);
	} else {
		bad(text, WIRE_BAD_MESSAGE, "...: must be at most 256 bytes");
	}
}

static void profile_of(size_t n, bool fits)
{
	_cleanup_free_ char *profile = many("aZ9-", n);
	_cleanup_free_ char *text = mem_printf(
		"{\"type\":\"hello\",\"browser\":\"b\",\"extension\":\"1\",\"profile\":\"%s\"}",
		profile);

	if (fits) {
		good(text);
	} else {
		bad(text, WIRE_BAD_MESSAGE, "hello: profile: ");
	}
}

static void lengths(void **state)
{
	url_of(0, true);
	url_of(WIRE_URL_MAX, true);
	url_of(WIRE_URL_MAX + 1, false);
	detail_of("d", WIRE_STRING_MAX, true);
	detail_of("d", WIRE_STRING_MAX + 1, false);
	detail_of("\xf0\x9f\x8d\x85", WIRE_STRING_MAX, true);
	detail_of("\xf0\x9f\x8d\x85", WIRE_STRING_MAX + 4, false);
	profile_of(WIRE_PROFILE_MIN - 1, false);
	profile_of(WIRE_PROFILE_MIN, true);
	profile_of(WIRE_PROFILE_MAX, true);
	profile_of(WIRE_PROFILE_MAX + 1, false);
}

static void numbers(void **state)
{
	static const char *const wrong[] = {"-1", "9007199254740992", "9223372036854775807", "1.0",
		"1e3", "true", "null", "\"1\"", "[1]", "{}", "-9223372036854775808",
		"99999999999999999999", "1e999"};

	good("{\"type\":\"unwatch\",\"tab\":0}");
	good("{\"type\":\"unwatch\",\"tab\":9007199254740991}");
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		_cleanup_free_ char *text =
			mem_printf("{\"type\":\"unwatch\",\"tab\":%s}", wrong[i]);

		bad(text, WIRE_BAD_MESSAGE, "");
	}
	bad("{\"type\":\"unwatch\",\"tab\":-1}", WIRE_BAD_MESSAGE,
		"unwatch: tab: -1: must be an integer from 0 to 9007199254740991");
	bad("{\"type\":\"unwatch\"}", WIRE_BAD_MESSAGE, "unwatch: tab: missing: must be");
	bad("{\"type\":\"unwatch\",\"tab\":01}", WIRE_BAD_JSON, "");
	bad("{\"type\":\"unwatch\",\"tab\":NaN}", WIRE_BAD_JSON, "");
}

static void nesting_of(unsigned depth, bool fits)
{
	_cleanup_free_ char *open = many("[", depth - 1);
	_cleanup_free_ char *close = many("]", depth - 1);
	_cleanup_free_ char *text =
		mem_printf("{\"type\":\"unwatch\",\"tab\":1,\"x\":%s1%s}", open, close);

	if (fits) {
		good(text);
	} else {
		bad(text, WIRE_BAD_JSON, "8 deep");
	}
}

static void nesting(void **state)
{
	nesting_of(WIRE_DEPTH_MAX, true);
	nesting_of(WIRE_DEPTH_MAX + 1, false);
	nesting_of(8000, false);
	/* Brackets in a string do not count. */
	good("{\"type\":\"unwatch\",\"tab\":1,\"x\":\"[[[[[[[[[[\\\"[[[[[[[[[[\\\\\"}");
	good("{\"type\":\"unwatch\",\"tab\":1,\"x\":[[],[],[],[],[],[],[],[],[]]}");
}

static void not_json(void **state)
{
	static const char *const wrong[] = {"", " ", "null", "1", "\"x\"", "[]", "{", "{}x",
		"{\"type\":\"x\"}\0", "{'type':1}", "{\"type\":\"x\",}", "{\"type\":\"\xff\"}",
		"{\"type\":\"\xc0\xaf\"}", "{\"type\":\"\\ud800\"}", "{\"type\":\"a\nb\"}",
		"\xef\xbb\xbf{\"type\":\"x\"}", "{\"a\":1,\"a\":1,\"type\":\"x\"}",
		"{\"type\":\"x\",\"b\":{\"a\":1,\"a\":2}}", "\xff\xfe\xfd", "]]]]", "}{"};
	struct wire_message message;
	struct wire_error error;

	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		if (i != 8) {
			bad(wrong[i], WIRE_BAD_JSON, "message: ");
		}
	}
	assert_int_equal(wire_parse("{\"type\":\"x\"}\0", 13, &message, &error), -EBADMSG);
	assert_string_equal(error.code, WIRE_BAD_JSON);
	/* The length counts; a NUL does not end the text. */
	assert_int_equal(wire_parse("{\"type\":\"x\"}garbage", 12, &message, &error), 0);
	bad("{\"type\":\"watch\",\"tab\":1,\"url\":\"a\",\"parent\":1}", WIRE_BAD_MESSAGE,
		"watch: parent: 1: must be the number of another tab");
	bad("{\"type\":\"watch\",\"tab\":1,\"url\":\"a\\u0000b\"}", WIRE_BAD_MESSAGE, "");
}

static void fields(void **state)
{
	bad("{}", WIRE_BAD_MESSAGE, "message: type: missing: must be a string");
	bad("{\"type\":null}", WIRE_BAD_MESSAGE, "type: null");
	bad("{\"type\":\"hello\",\"browser\":[],\"extension\":\"1\",\"profile\":\"12345678\"}",
		WIRE_BAD_MESSAGE, "hello: browser: an array: must be a string");
	bad("{\"type\":\"hello\",\"browser\":\"b\",\"extension\":{},\"profile\":\"12345678\"}",
		WIRE_BAD_MESSAGE, "hello: extension: an object: must be a string");
	bad("{\"type\":\"hello\",\"browser\":\"b\",\"extension\":\"1\","
	    "\"profile\":\"1234567\xc3\xa9\"}",
		WIRE_BAD_MESSAGE, "hello: profile: 1234567\xc3\xa9: must be 8 to 64");
	bad("{\"type\":\"report\",\"event\":1,\"tab\":1,\"step\":\"loaded\",\"detail\":null}",
		WIRE_BAD_MESSAGE, "report: detail: null: must be a string");
	bad("{\"type\":\"report\",\"event\":1,\"tab\":1,\"step\":7}", WIRE_BAD_MESSAGE,
		"report: step: 7: must be one of reloading");
	bad("{\"type\":\"report\",\"event\":0.5,\"tab\":1,\"step\":\"loaded\"}", WIRE_BAD_MESSAGE,
		"report: event: 0.5: must be an integer");
	bad("{\"type\":\"updates\",\"tab\":1,\"list\":7}", WIRE_BAD_MESSAGE,
		"updates: list: 7: must be an array");
	bad("{\"type\":\"updates\",\"tab\":1,\"list\":[{\"who\":\"a\"}]}", WIRE_BAD_MESSAGE,
		"updates: port: missing");
	bad("{\"type\":\"updates\",\"tab\":1,\"list\":[1,2,3,4,5,6,7,8,9]}", WIRE_BAD_MESSAGE,
		"must have at most 8 servers");
	bad("{\"type\":\"picture\",\"tab\":1,\"request\":1}", WIRE_BAD_MESSAGE,
		"picture: error: missing");
	bad("{\"type\":\"problems\",\"tab\":1}", WIRE_BAD_MESSAGE,
		"problems: list: missing: must be an array");
	bad("{\"type\":\"problems\",\"tab\":1,\"list\":[1]}", WIRE_BAD_MESSAGE,
		"problems: list: 1: must have objects");
	bad("{\"type\":\"problems\",\"tab\":1,\"list\":[{\"kind\":\"sad\",\"message\":\"\"}]}",
		WIRE_BAD_MESSAGE, "problems: kind: sad: must be one of error");
	bad("{\"type\":\"problems\",\"tab\":1,\"list\":[{\"kind\":\"error\"}]}", WIRE_BAD_MESSAGE,
		"problems: message: missing");
	bad("{\"type\":\"problems\",\"tab\":1,\"list\":[{},{},{},{},{},{},{},{},{}]}",
		WIRE_BAD_MESSAGE, "must have at most 8 problems");
	good("{\"type\":\"Hello\"}");
	good("{\"type\":\"\"}");
}

static void invalid_utf8_is_replaced(void **state)
{
	_cleanup_free_ char *tab = wire_encode_tab(&(struct wire_tab){
		.tab = 1, .state = WIRE_TAB_LIVE, .project = "caf\xe9", .reason = "\xc3"});
	_cleanup_free_ char *none = wire_encode_tab(&(struct wire_tab){
		.tab = 2, .state = WIRE_TAB_NONE, .reason = "a\"b\\c\n", .folder = "/a\xff"});
	_cleanup_free_ char *empty = wire_encode_reload(&(struct wire_reload){.event = 3}, NULL, 0);
	_cleanup_free_ char *hello = wire_encode_hello("\xed\xa0\x80", "", NULL, NULL);

	assert_string_equal(tab,
		"{\"type\":\"tab\",\"tab\":1,\"state\":\"live\","
		"\"project\":\"caf\xef\xbf\xbd\",\"reason\":\"\xef\xbf\xbd\"}");
	assert_string_equal(none,
		"{\"type\":\"tab\",\"tab\":2,\"state\":\"none\","
		"\"reason\":\"a\\\"b\\\\c\\n\",\"folder\":\"/a\xef\xbf\xbd\"}");
	assert_string_equal(empty, "{\"type\":\"reload\",\"event\":3,\"tabs\":[]}");
	assert_true(utf8_is_valid(hello, strlen(hello)));
}

/* This message is written without a library: the library reads the same text back. */
static void a_reload_is_json_whatever_the_bytes(void **state)
{
	enum { BYTES = 255 };
	char bytes[2 * BYTES + 1] = "";

	for (unsigned i = 0; i < BYTES; i++) {
		bytes[2 * i] = (char)(i + 1);
		bytes[2 * i + 1] = 'a';
	}
	_cleanup_free_ char *clean = utf8_dup(bytes);
	_cleanup_free_ char *text = wire_encode_reload(
		&(struct wire_reload){
			.event = WIRE_NUMBER_MAX,
			.subject = bytes,
			.aside = "\xe2\x82\xac",
			.changes = (struct wire_change[]){{.path = bytes, .all = true},
				{.path = "", .kind = FILE_KIND_CSS}},
			.n_changes = 2,
			.old_msec = 10,
		},
		(uint64_t[]){0, WIRE_NUMBER_MAX}, 2);
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const json_t *tabs = json_object_get(object, "tabs");
	const json_t *changes = json_object_get(object, "changes");
	const json_t *first = json_array_get(changes, 0), *second = json_array_get(changes, 1);

	assert_non_null(object);
	assert_int_equal(json_integer_value(json_object_get(object, "event")), WIRE_NUMBER_MAX);
	assert_int_equal(json_integer_value(json_object_get(object, "old")), 10);
	assert_int_equal(json_array_size(tabs), 2);
	assert_int_equal(json_integer_value(json_array_get(tabs, 0)), 0);
	assert_int_equal(json_integer_value(json_array_get(tabs, 1)), WIRE_NUMBER_MAX);
	assert_string_equal(json_string_value(json_object_get(object, "subject")), clean);
	assert_string_equal(json_string_value(json_object_get(object, "aside")), "\xe2\x82\xac");
	assert_string_equal(json_string_value(json_object_get(first, "path")), clean);
	assert_true(json_is_true(json_object_get(first, "all")));
	assert_string_equal(json_string_value(json_object_get(second, "path")), "");
	assert_string_equal(json_string_value(json_object_get(second, "kind")), "css");
	assert_null(json_object_get(second, "all"));
	json_decref(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(numbers),
		cmocka_unit_test(nesting),
		cmocka_unit_test(not_json),
		cmocka_unit_test(fields),
		cmocka_unit_test(invalid_utf8_is_replaced),
		cmocka_unit_test(a_reload_is_json_whatever_the_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
