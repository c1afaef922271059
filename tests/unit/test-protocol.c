/* SPDX-License-Identifier: MIT */
/* The daemon's names and limits are those of protocol/constants.json. */
#include "unit.h"

#include <string.h>

#include "browser/tab.h"
#include "config/setting.h"
#include "pipeline/ledger.h"
#include "protocol-table.h"
#include "util/mem.h"
#include "websocket/inbox.h"
#include "config/problem-source.h"
#include "websocket/wire.h"
#include "websocket/ws-server.h"

static void limits(void **state)
{
	static const struct {
		const char *name;
		uint64_t value;
	} limits[] = {
		{"message", INBOX_MESSAGE_MAX},
		{"depth", WIRE_DEPTH_MAX},
		{"url", WIRE_URL_MAX},
		{"string", WIRE_STRING_MAX},
		{"profile-min", WIRE_PROFILE_MIN},
		{"profile-max", WIRE_PROFILE_MAX},
		{"nonce-min", WIRE_NONCE_MIN},
		{"nonce-max", WIRE_NONCE_MAX},
		{"changes", WIRE_CHANGES_MAX},
		{"path", WIRE_PATH_MAX},
		{"rules", WIRE_RULES_MAX},
		{"updaters", WIRE_UPDATERS_MAX},
		{"problems", WIRE_PROBLEMS_MAX},
		{"problem-text", WIRE_PROBLEM_TEXT_MAX},
		{"picture", WIRE_PICTURE_MAX},
		{"picture-part", WIRE_PICTURE_PART_MAX},
		{"tabs", TABS_MAX},
		{"connections", WS_CONNECTIONS_MAX},
		{"queue", WS_QUEUE_BYTES_MAX},
		{"number", WIRE_NUMBER_MAX},
	};
	json_t *table = protocol_table("constants");
	json_t *wanted = json_object_get(table, "limits");

	assert_int_equal(json_object_size(wanted), COUNT_OF(limits));
	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		json_t *value = json_object_get(wanted, limits[i].name);

		if ((uint64_t)json_integer_value(value) != limits[i].value) {
			fail_msg("%s: differs from protocol/constants.json", limits[i].name);
		}
	}
	json_decref(table);
}

static void names(void **state)
{
	static const char *const errors[] = {
		WIRE_BAD_JSON, WIRE_BAD_MESSAGE, WIRE_BAD_ORDER, WIRE_TOO_MANY_TABS,
		WIRE_UNCONFIRMED};
	json_t *table = protocol_table("constants");
	json_t *wanted = json_object_get(table, "errors");

	assert_int_equal(json_array_size(wanted), COUNT_OF(errors));
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		assert_string_equal(errors[i], json_string_value(json_array_get(wanted, i)));
	}
	wanted = json_object_get(table, "tab-states");
	assert_int_equal(json_array_size(wanted), WIRE_TAB_STATES);
	for (size_t i = 0; i < WIRE_TAB_STATES; i++) {
		assert_string_equal(wire_tab_state_name((enum wire_tab_state)i),
			json_string_value(json_array_get(wanted, i)));
	}
	wanted = json_object_get(table, "problem-kinds");
	assert_int_equal(json_array_size(wanted), WIRE_PROBLEM_KINDS);
	for (size_t i = 0; i < WIRE_PROBLEM_KINDS; i++) {
		assert_string_equal(wire_problem_kind_name((enum wire_problem_kind)i),
			json_string_value(json_array_get(wanted, i)));
	}
	wanted = json_object_get(table, "problem-sources");
	assert_int_equal(json_object_size(wanted), PROBLEM_SOURCES);
	for (size_t i = 0; i < PROBLEM_SOURCES; i++) {
		const json_t *usual = json_object_get(wanted, problem_source_name((enum problem_source)i));

		assert_int_equal(json_is_true(usual), PROBLEM_SOURCES_DEFAULT >> i & 1);
	}
	json_decref(table);
}

/* All steps in their order, and which of them a report may have. */
static void steps(void **state)
{
	json_t *table = protocol_table("constants");
	json_t *wanted = json_object_get(table, "steps");

	assert_int_equal(json_array_size(wanted), STEP_KINDS);
	for (size_t i = 0; i < STEP_KINDS; i++) {
		const json_t *step = json_array_get(wanted, i);
		const char *by = json_string_value(json_object_get(step, "by"));

		assert_string_equal(step_kind_name((enum step_kind)i),
			json_string_value(json_object_get(step, "name")));
		assert_int_equal(step_kind_is_of_tab((enum step_kind)i), strcmp(by, "tab") == 0);
	}
	json_decref(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(names),
		cmocka_unit_test(steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
