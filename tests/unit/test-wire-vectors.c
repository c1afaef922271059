/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include <jansson.h>

#include "util/mem.h"
#include "websocket/wire.h"

/* The daemon reads and writes each example message in protocol/vectors/. */

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
		[WIRE_TRUST] = "trust",
		[WIRE_CHOOSE] = "choose",
		[WIRE_PICTURE] = "picture"};

	assert_int_not_equal(message->type, WIRE_IGNORED);
	same_text(wanted, "type", types[message->type]);
	same_text(wanted, "browser", message->browser);
	same_text(wanted, "extension", message->extension);
	same_text(wanted, "profile", message->profile);
	same_text(wanted, "nonce", message->nonce);
	assert_int_equal(json_is_true(json_object_get(wanted, "pair")), message->pair);
	assert_int_equal(json_is_true(json_object_get(wanted, "far")), message->far);
	same_text(wanted, "url", message->url);
	assert_int_equal(json_object_get(wanted, "parent") != NULL, message->framed);
	same_number(wanted, "parent", message->parent);
	same_text(wanted, "detail", message->detail);
	same_text(wanted, "part", message->part);
	same_text(wanted, "error", message->refusal);
	same_number(wanted, "request", message->request);
	assert_int_equal(json_is_true(json_object_get(wanted, "last")), message->last);
	same_number(wanted, "tab", message->tab);
	same_number(wanted, "event", message->event);
	same_number(wanted, "port", message->port);
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

static uint64_t number_of(const json_t *object, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(object, key));
}

static enum wire_tab_state state_of(const char *name)
{
	static const char *const names[] = {[WIRE_TAB_LIVE] = "live",
		[WIRE_TAB_NONE] = "none",
		[WIRE_TAB_WAITING] = "waiting",
		[WIRE_TAB_DOWN] = "down",
		[WIRE_TAB_LOOKING] = "looking"};
	size_t state = 0;

	while (state < COUNT_OF(names) && strcmp(name, names[state]) != 0) {
		state++;
	}
	assert_true(state < COUNT_OF(names));
	return (enum wire_tab_state)state;
}

static char *encode_tab(const json_t *message)
{
	const json_t *failed = json_object_get(message, "failure");
	const json_t *awaits = json_object_get(message, "awaits");
	const json_t *chosen = json_object_get(message, "choices");
	struct wire_choice choices[WIRE_CHOICES_MAX];
	const json_t *withheld = json_object_get(message, "untrusted");
	const json_t *listed = json_object_get(message, "problems");
	struct wire_failure failure = {
		number_of(failed, "event"), text_of(failed, "what"), text_of(failed, "said")};
	char *rules[] = {(char *)json_string_value(
		json_array_get(json_object_get(withheld, "rules"), 0))};
	struct wire_untrusted untrusted = {
		.project = text_of(withheld, "project"),
		.rules = rules,
		.count = json_array_size(json_object_get(withheld, "rules")),
		.command = text_of(withheld, "command"),
		.revision = number_of(withheld, "revision"),
	};
	const char *problems[16] = {NULL};

	for (size_t i = 0; i < json_array_size(listed); i++) {
		problems[i] = json_string_value(json_array_get(listed, i));
	}
	for (size_t i = 0; i < json_array_size(chosen); i++) {
		const json_t *one = json_array_get(chosen, i);

		choices[i] = (struct wire_choice){text_of(one, "project"),
			(uint16_t)json_integer_value(json_object_get(one, "port")),
			text_of(one, "socket"), json_is_true(json_object_get(one, "chosen"))};
	}
	return wire_encode_tab(&(struct wire_tab){
		.tab = number_of(message, "tab"),
		.state = state_of(text_of(message, "state")),
		.project = text_of(message, "project"),
		.reason = text_of(message, "reason"),
		.cause = text_of(message, "cause"),
		.advice = text_of(message, "advice"),
		.folder = text_of(message, "folder"),
		.forwarded = (uint16_t)number_of(message, "forwarded"),
		.awaits = number_of(awaits, "event"),
		.subject = text_of(awaits, "subject"),
		.failure = failed ? &failure : NULL,
		.untrusted = withheld ? &untrusted : NULL,
		.choices = choices,
		.choice_count = json_array_size(chosen),
		.problems = listed ? problems : NULL,
	});
}

static char *encode_reload(const json_t *message)
{
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
			.event = number_of(message, "event"),
			.subject = text_of(message, "subject"),
			.changes = changes,
			.n_changes = n_changes,
			.unseen = json_is_true(json_object_get(message, "unseen")),
			.restarted = json_is_true(json_object_get(message, "restarted")),
			.aside = text_of(message, "aside"),
			.unpatched = json_is_false(json_object_get(message, "patch")),
			.unshared = json_is_false(json_object_get(message, "leave")),
			.old_msec = (unsigned)number_of(message, "old"),
		},
		tabs, n);
}

static char *encode(const json_t *message)
{
	const char *type = text_of(message, "type");

	if (strcmp(type, "hello") == 0) {
		return wire_encode_hello(text_of(message, "version"), text_of(message, "instance"),
			text_of(message, "proof"), text_of(message, "key"));
	}
	if (strcmp(type, "tab") == 0) {
		return encode_tab(message);
	}
	if (strcmp(type, "let-go") == 0) {
		uint64_t only = (uint64_t)json_integer_value(
			json_array_get(json_object_get(message, "tabs"), 0));

		return wire_encode_let_go(
			&only, 1, json_is_true(json_object_get(message, "spare")));
	}
	if (strcmp(type, "reload") == 0) {
		return encode_reload(message);
	}
	if (strcmp(type, "error") == 0) {
		return wire_encode_error(text_of(message, "code"), text_of(message, "message"));
	}
	if (strcmp(type, "screenshot") == 0) {
		return wire_encode_screenshot(
			number_of(message, "tab"), number_of(message, "request"));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(browser_vectors),
		cmocka_unit_test(daemon_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
