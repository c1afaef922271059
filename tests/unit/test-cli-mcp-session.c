/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "cli/mcp-session.h"
#include "util/mem.h"

static struct mcp_outcome say(const char *message)
{
	return mcp_session_read(message, strlen(message));
}

static void fails(const char *message, int code)
{
	struct mcp_outcome outcome = say(message);
	const json_t *error = json_object_get(outcome.reply, "error");

	assert_int_equal(json_integer_value(json_object_get(error, "code")), code);
	assert_int_equal(outcome.tool, MCP_NO_TOOL);
	mcp_outcome_clear(&outcome);
}

static void errors(void **state)
{
	fails("", -32700);
	fails("{\"id\":1}", -32600);
	fails("{\"id\":1.5,\"method\":\"ping\"}", -32600);
	fails("{\"id\":1,\"method\":\"tools/call\"}", -32602);
	fails("{\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"save_and_wait\","
	      "\"arguments\":{\"files\":[]}}}",
		-32602);
	fails("{\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"save_and_wait\","
	      "\"arguments\":{\"files\":[1]}}}",
		-32602);
	fails("{\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"reload\","
	      "\"arguments\":[]}}",
		-32602);
}

static void no_reply(void **state)
{
	struct mcp_outcome outcome = say("{\"method\":\"notifications/initialized\"}");

	assert_null(outcome.reply);
	mcp_outcome_clear(&outcome);
	outcome = say("{\"id\":1,\"result\":{}}");
	assert_null(outcome.reply);
	mcp_outcome_clear(&outcome);
}

static void tools(void **state)
{
	struct mcp_outcome outcome = say("{\"id\":\"x\",\"method\":\"tools/call\",\"params\":{"
					 "\"name\":\"problems\",\"arguments\":{\"path\":\"/a\"}}}");
	json_t *reply;

	assert_int_equal(outcome.tool, MCP_PROBLEMS);
	assert_string_equal(
		json_string_value(json_object_get(outcome.arguments, "path")), "/a");
	reply = mcp_session_result(outcome.id, json_pack("{s:i}", "tabs", 1), NULL);
	assert_string_equal(json_string_value(json_object_get(reply, "id")), "x");
	json_decref(reply);
	mcp_outcome_clear(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors),
		cmocka_unit_test(no_reply),
		cmocka_unit_test(tools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
