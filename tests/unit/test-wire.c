/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "util/mem.h"
#include "util/utf8.h"
#include "websocket/inbox.h"
#include "websocket/wire.h"

static json_t *vectors(const char *name)
{
	_cleanup_free_ char *path = mem_printf("%s/%s.json", VECTORS, name);
	json_error_t error;
	json_t *array = json_load_file(path, 0, &error);

	if (!array) {
		fail_msg("%s: %s", path, error.text);
	}
	assert_true(json_array_size(array) > 10);
	return array;
}

static void same_text(const json_t *wanted, const char *key, const char *text)
{
	const json_t *value = json_object_get(wanted, key);

	if (value) {
		assert_non_null(text);
		assert_string_equal(text, json_string_value(value));
	} else {
		assert_null(text);
	}
}

static void same_number(const json_t *wanted, const char *key, uint64_t number)
{
	assert_int_equal(number, json_integer_value(json_object_get(wanted, key)));
}

static void same_problems(const json_t *wanted, const struct wire_problems *problems)
{
	const json_t *list = json_object_get(wanted, "list"), *one;
	size_t i;

	assert_int_equal(json_array_size(list), problems->count);
	same_number(wanted, "more", problems->more);
	assert_int_equal(!json_is_false(json_object_get(wanted, "known")), problems->known);
	json_array_foreach (list, i, one) {
		const struct wire_problem *problem = &problems->items[i];

		same_text(one, "kind", wire_problem_kind_name(problem->kind));
		same_text(one, "message", problem->message);
		same_text(one, "file", problem->file);
		same_text(one, "stack", problem->stack);
		same_number(one, "line", problem->line);
		same_number(one, "column", problem->column);
	}
}

static void same_updates(const json_t *wanted, const struct wire_updates *updates)
{
	const json_t *list = json_object_get(wanted, "list");

	assert_int_equal(list != NULL, updates->known);
	assert_int_equal(json_array_size(list), updates->count);
	for (size_t i = 0; i < updates->count; i++) {
		const json_t *one = json_array_get(list, i);

		same_text(one, "who", updates->items[i].who);
		same_number(one, "port", updates->items[i].port);
	}
}

static void same_message(const json_t *wanted, const struct wire_message *message)
{
	static const char *const types[] = {[WIRE_HELLO] = "hello",
		[WIRE_WATCH] = "watch",
		[WIRE_UNWATCH] = "unwatch",
		[WIRE_REPORT] = "report",
		[WIRE_PROBLEMS] = "problems",
		[WIRE_TRACK] = "track",
		[WIRE_UPDATES] = "updates",
		[WIRE_TRUST] = "trust"};

	assert_int_not_equal(message->type, WIRE_IGNORED);
	same_text(wanted, "type", types[message->type]);
	same_text(wanted, "browser", message->browser);
	same_text(wanted, "extension", message->extension);
	same_text(wanted, "profile", message->profile);
	same_text(wanted, "nonce", message->nonce);
	assert_int_equal(json_is_true(json_object_get(wanted, "pair")), message->pair);
	same_text(wanted, "url", message->url);
	same_text(wanted, "detail", message->detail);
	same_number(wanted, "tab", message->tab);
	same_number(wanted, "event", message->event);
	same_text(wanted, "step",
		message->type == WIRE_REPORT ? step_kind_name(message->step) : NULL);
	if (message->type == WIRE_UPDATES) {
		same_updates(wanted, &message->updates);
	}
	if (message->type == WIRE_PROBLEMS) {
		same_problems(wanted, &message->problems);
	}
}

static void browser_vectors(void **state)
{
	json_t *all = vectors("browser-to-daemon"), *vector;
	size_t i;

	json_array_foreach (all, i, vector) {
		const char *text = json_string_value(json_object_get(vector, "text"));
		const char *code = json_string_value(json_object_get(vector, "error"));
		struct wire_message message;
		struct wire_error error;
		int r = wire_parse(text, strlen(text), &message, &error);

		print_message("# %s\n", json_string_value(json_object_get(vector, "name")));
		assert_int_equal(r, code ? -EBADMSG : 0);
		if (code) {
			assert_string_equal(error.code, code);
			assert_true(strlen(error.message) > 0);
			assert_null(strpbrk(error.message, "\n\r\t\033"));
			print_message("#   %s\n", error.message);
		} else if (json_is_true(json_object_get(vector, "ignored"))) {
			assert_int_equal(message.type, WIRE_IGNORED);
		} else {
			same_message(json_object_get(vector, "message"), &message);
		}
		wire_message_clear(&message);
	}
	json_decref(all);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static size_t read_changes(const json_t *message, struct wire_change changes[WIRE_CHANGES_MAX])
{
	static const char *const kinds[] = {
		"page", "css", "image", "font", "media", "script", "data", "other"};
	const json_t *array = json_object_get(message, "changes"), *change;
	size_t i;

	assert_true(json_array_size(array) <= WIRE_CHANGES_MAX);
	json_array_foreach (array, i, change) {
		changes[i].path = text_of(change, "path");
		changes[i].all = json_is_true(json_object_get(change, "all"));
		for (size_t k = 0; k < COUNT_OF(kinds); k++) {
			if (strcmp(text_of(change, "kind"), kinds[k]) == 0) {
				changes[i].kind = (enum file_kind)k;
			}
		}
	}
	return json_array_size(array);
}

static char *encode(const json_t *message)
{
	const char *type = text_of(message, "type");
	uint64_t tab = (uint64_t)json_integer_value(json_object_get(message, "tab"));

	if (strcmp(type, "hello") == 0) {
		return wire_encode_hello(text_of(message, "version"), text_of(message, "instance"),
			text_of(message, "proof"), text_of(message, "key"));
	}
	if (strcmp(type, "tab") == 0) {
		const char *name = text_of(message, "state");
		enum wire_tab_state state = strcmp(name, "live") == 0 ? WIRE_TAB_LIVE
			: strcmp(name, "none") == 0                   ? WIRE_TAB_NONE
			: strcmp(name, "waiting") == 0                ? WIRE_TAB_WAITING
			: strcmp(name, "down") == 0                   ? WIRE_TAB_DOWN
								      : WIRE_TAB_LOOKING;

		const json_t *failed = json_object_get(message, "failure");
		struct wire_failure failure = {
			(uint64_t)json_integer_value(json_object_get(failed, "event")),
			text_of(failed, "what"), text_of(failed, "said")};

		const json_t *awaits = json_object_get(message, "awaits");
		const json_t *withheld = json_object_get(message, "untrusted");
		char *rules[] = {(char *)json_string_value(
			json_array_get(json_object_get(withheld, "rules"), 0))};
		struct wire_untrusted untrusted = {
			.project = text_of(withheld, "project"),
			.rules = rules,
			.count = json_array_size(json_object_get(withheld, "rules")),
			.command = text_of(withheld, "command"),
			.revision = (uint64_t)json_integer_value(
				json_object_get(withheld, "revision")),
		};

		const json_t *listed = json_object_get(message, "problems");
		const char *problems[16] = {NULL};

		for (size_t i = 0; i < json_array_size(listed); i++) {
			problems[i] = json_string_value(json_array_get(listed, i));
		}
		return wire_encode_tab(&(struct wire_tab){
			.tab = tab,
			.state = state,
			.project = text_of(message, "project"),
			.reason = text_of(message, "reason"),
			.cause = text_of(message, "cause"),
			.advice = text_of(message, "advice"),
			.folder = text_of(message, "folder"),
			.forwarded = (uint16_t)json_integer_value(
				json_object_get(message, "forwarded")),
			.awaits = (uint64_t)json_integer_value(json_object_get(awaits, "event")),
			.subject = text_of(awaits, "subject"),
			.failure = failed ? &failure : NULL,
			.untrusted = withheld ? &untrusted : NULL,
			.problems = listed ? problems : NULL,
		});
	}
	if (strcmp(type, "let-go") == 0) {
		uint64_t only = (uint64_t)json_integer_value(
			json_array_get(json_object_get(message, "tabs"), 0));

		return wire_encode_let_go(
			&only, 1, json_is_true(json_object_get(message, "spare")));
	}
	if (strcmp(type, "reload") == 0) {
		const json_t *array = json_object_get(message, "tabs");
		struct wire_change changes[WIRE_CHANGES_MAX];
		size_t n_changes = read_changes(message, changes);
		uint64_t tabs[8];
		size_t n = json_array_size(array);

		assert_true(n <= COUNT_OF(tabs));
		for (size_t i = 0; i < n; i++) {
			tabs[i] = (uint64_t)json_integer_value(json_array_get(array, i));
		}
		return wire_encode_reload(
			&(struct wire_reload){
				.event = (uint64_t)json_integer_value(json_object_get(message, "event")),
				.subject = text_of(message, "subject"),
				.changes = changes,
				.n_changes = n_changes,
				.unseen = json_is_true(json_object_get(message, "unseen")),
				.aside = json_string_value(json_object_get(message, "aside")),
				.unpatched = json_is_false(json_object_get(message, "patch")),
				.unshared = json_is_false(json_object_get(message, "leave")),
				.old_msec = (unsigned)json_integer_value(
					json_object_get(message, "old")),
			},
			tabs, n);
	}
	if (strcmp(type, "error") == 0) {
		return wire_encode_error(text_of(message, "code"), text_of(message, "message"));
	}
	assert_string_equal(type, "ping");
	return wire_encode_ping();
}

static void daemon_vectors(void **state)
{
	json_t *all = vectors("daemon-to-browser"), *vector;
	size_t i, tried = 0;

	json_array_foreach (all, i, vector) {
		const json_t *message = json_object_get(vector, "message");

		/* The other fields are for the receiver. */
		if (message && !json_object_get(vector, "lenient")) {
			_cleanup_free_ char *text = encode(message);

			assert_string_equal(text, text_of(vector, "text"));
			tried++;
		}
	}
	assert_true(tried >= 8);
	json_decref(all);
}

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

static char sea[2 * INBOX_MESSAGE_MAX];

/* The text arrives in parts. */
static enum inbox_state add(struct inbox *inbox, const char *part, size_t length, size_t announced,
	bool last, const char *expected)
{
	_cleanup_free_ char *owned = NULL;
	const char *text = NULL;
	size_t text_length = 0;
	enum inbox_state state =
		inbox_add(inbox, part, length, announced, last, &text, &text_length, &owned);

	if (expected) {
		assert_int_equal(state, INBOX_COMPLETE);
		assert_int_equal(text_length, strlen(expected));
		assert_memory_equal(text, expected, text_length);
	}
	return state;
}

static void parts_are_joined(void **state)
{
	struct inbox inbox = {0};

	add(&inbox, "whole", 5, 0, true, "whole");
	add(&inbox, "", 0, 0, true, "");
	assert_int_equal(add(&inbox, "a", 1, 2, false, NULL), INBOX_MORE);
	assert_int_equal(add(&inbox, "", 0, 2, false, NULL), INBOX_MORE);
	assert_int_equal(add(&inbox, "b\xc3", 2, 0, false, NULL), INBOX_MORE);
	add(&inbox, "\xa9", 1, 0, true, "ab\xc3\xa9");
	add(&inbox, "next", 4, 0, true, "next");
	inbox_clear(&inbox);
}

static void parts_have_a_limit(void **state)
{
	struct inbox inbox = {0};

	memset(sea, '~', sizeof sea);
	assert_int_equal(add(&inbox, sea, INBOX_MESSAGE_MAX, 0, true, NULL), INBOX_COMPLETE);
	assert_int_equal(add(&inbox, sea, INBOX_MESSAGE_MAX + 1, 0, true, NULL), INBOX_TOO_BIG);
	assert_int_equal(add(&inbox, sea, 1, INBOX_MESSAGE_MAX, false, NULL), INBOX_TOO_BIG);
	assert_int_equal(add(&inbox, sea, 1, SIZE_MAX, false, NULL), INBOX_TOO_BIG);
	assert_int_equal(add(&inbox, sea, INBOX_MESSAGE_MAX - 1, 0, false, NULL), INBOX_MORE);
	assert_int_equal(add(&inbox, sea, 2, 0, true, NULL), INBOX_TOO_BIG);
	assert_int_equal(add(&inbox, sea, 1, 0, true, NULL), INBOX_COMPLETE);
	assert_int_equal(add(&inbox, sea, 9, 0, false, NULL), INBOX_MORE);
	inbox_clear(&inbox);
	assert_null(inbox.bytes);
}

static void parts_must_be_utf8(void **state)
{
	struct inbox inbox = {0};

	assert_int_equal(add(&inbox, "\xff", 1, 0, true, NULL), INBOX_NOT_UTF8);
	assert_int_equal(add(&inbox, "a\xc3", 2, 0, true, NULL), INBOX_NOT_UTF8);
	assert_int_equal(add(&inbox, "\xed\xa0\x80", 3, 0, true, NULL), INBOX_NOT_UTF8);
	assert_int_equal(add(&inbox, "a\0\xff", 3, 0, true, NULL), INBOX_NOT_UTF8);
	assert_int_equal(add(&inbox, "\0a\0", 3, 0, true, NULL), INBOX_COMPLETE);
	assert_int_equal(add(&inbox, "\xc3", 1, 0, false, NULL), INBOX_MORE);
	assert_int_equal(add(&inbox, "(", 1, 0, true, NULL), INBOX_NOT_UTF8);
	add(&inbox, "clean", 5, 0, true, "clean");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(browser_vectors),
		cmocka_unit_test(daemon_vectors),
		cmocka_unit_test(lengths),
		cmocka_unit_test(numbers),
		cmocka_unit_test(nesting),
		cmocka_unit_test(not_json),
		cmocka_unit_test(fields),
		cmocka_unit_test(invalid_utf8_is_replaced),
		cmocka_unit_test(parts_are_joined),
		cmocka_unit_test(parts_have_a_limit),
		cmocka_unit_test(parts_must_be_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
