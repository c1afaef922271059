/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "util/mem.h"
#include "cli/lsp-session.h"

static struct lsp_outcome say(struct lsp_session *session, const char *message)
{
	return lsp_session_read(session, message, strlen(message));
}

/* Expects this reply; NULL: no reply. */
static void answers(struct lsp_session *session, const char *message, const char *expected)
{
	struct lsp_outcome outcome = say(session, message);
	_cleanup_free_ char *reply =
		outcome.reply ? json_dumps(outcome.reply, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	if (expected) {
		assert_non_null(reply);
		assert_string_equal(reply, expected);
	} else {
		assert_null(reply);
	}
	assert_null(outcome.uri);
	assert_false(outcome.exit);
	lsp_outcome_clear(&outcome);
}

/* Expects an error with this code, to this id as JSON. */
static void fails(struct lsp_session *session, const char *message, int code, const char *id)
{
	struct lsp_outcome outcome = say(session, message);
	json_t *error = json_object_get(outcome.reply, "error");
	_cleanup_free_ char *to = json_dumps(json_object_get(outcome.reply, "id"), JSON_ENCODE_ANY);

	assert_int_equal(json_integer_value(json_object_get(error, "code")), code);
	assert_true(json_string_length(json_object_get(error, "message")) > 0);
	assert_string_equal(to, id);
	lsp_outcome_clear(&outcome);
}

static void saved(struct lsp_session *session, const char *message, const char *expected)
{
	struct lsp_outcome outcome = say(session, message);

	assert_null(outcome.reply);
	assert_int_equal(outcome.news, expected ? LSP_SAVED : LSP_NO_NEWS);
	if (expected) {
		assert_string_equal(outcome.uri, expected);
	} else {
		assert_null(outcome.uri);
	}
	lsp_outcome_clear(&outcome);
}

/* Expects the roots as JSON. */
static void roots(const char *params, const char *expected)
{
	struct lsp_session session = {.phase = LSP_PHASE_NEW};
	_cleanup_free_ char *message =
		mem_printf("{\"id\":1,\"method\":\"initialize\",\"params\":%s}", params);
	struct lsp_outcome outcome = say(&session, message);
	_cleanup_free_ char *seen = json_dumps(outcome.roots, JSON_COMPACT);

	assert_int_equal(outcome.news, LSP_INITIALIZED);
	assert_string_equal(seen, expected);
	lsp_outcome_clear(&outcome);
}

static void folders_and_files_of_the_editor(void **state)
{
	struct lsp_session session = {.phase = LSP_PHASE_RUNNING};
	struct lsp_outcome outcome;

	roots("{}", "[]");
	roots("{\"rootUri\":\"file:///a\",\"workspaceFolders\":null}", "[\"file:///a\"]");
	roots("{\"rootUri\":\"file:///a\",\"workspaceFolders\":[{\"uri\":\"file:///b\"},{\"uri\":7},8]}",
		"[\"file:///b\"]");
	roots("[]", "[]");
	outcome = say(&session, "{\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\"x\"}}}");
	assert_int_equal(outcome.news, LSP_OPENED);
	lsp_outcome_clear(&outcome);
	outcome = say(&session, "{\"method\":\"textDocument/didClose\",\"params\":{\"textDocument\":{\"uri\":\"x\"}}}");
	assert_int_equal(outcome.news, LSP_CLOSED);
	lsp_outcome_clear(&outcome);
}

#define INITIALIZE "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}"
#define DID_SAVE(uri)                                                                              \
	"{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didSave\","                                \
	"\"params\":{\"textDocument\":{\"uri\":" uri "}}}"

static void from_initialize_to_exit(void **state)
{
	struct lsp_session session = {.phase = LSP_PHASE_NEW};
	struct lsp_outcome outcome;

	answers(&session, INITIALIZE,
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":{\"capabilities\":{\"textDocumentSync\":"
		"{\"change\":0,\"openClose\":true,\"save\":{\"includeText\":false}}},"
		"\"serverInfo\":{\"name\":\"savecast\",\"version\":\"" SAVECAST_VERSION "\"}}}");
	answers(&session, "{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}", NULL);
	saved(&session, DID_SAVE("\"file:///a%20b.css\""), "file:///a%20b.css");
	answers(&session, "{\"id\":\"two\",\"method\":\"shutdown\"}",
		"{\"id\":\"two\",\"jsonrpc\":\"2.0\",\"result\":null}");
	saved(&session, DID_SAVE("\"file:///late.css\""), NULL);
	fails(&session, "{\"id\":3,\"method\":\"shutdown\"}", -32600, "3");
	outcome = say(&session, "{\"method\":\"exit\"}");
	assert_true(outcome.exit);
	assert_int_equal(session.phase, LSP_PHASE_SHUT_DOWN);
}

static void before_initialize_nothing_else(void **state)
{
	struct lsp_session session = {.phase = LSP_PHASE_NEW};

	fails(&session, "{\"id\":1,\"method\":\"shutdown\"}", -32002, "1");
	saved(&session, DID_SAVE("\"file:///a\""), NULL);
	assert_true(say(&session, "{\"method\":\"exit\"}").exit);
	assert_int_equal(session.phase, LSP_PHASE_NEW);
}

static void unknown_messages(void **state)
{
	struct lsp_session session = {.phase = LSP_PHASE_RUNNING};

	fails(&session, INITIALIZE, -32600, "1");
	fails(&session, "{\"id\":7,\"method\":\"textDocument/hover\",\"params\":{}}", -32601, "7");
	fails(&session, "{\"id\":\"x\",\"method\":\"$/what\"}", -32601, "\"x\"");
	answers(&session, "{\"method\":\"$/cancelRequest\",\"params\":{\"id\":1}}", NULL);
	answers(&session, "{\"method\":\"textDocument/didOpen\"}", NULL);
	answers(&session, "{\"id\":1,\"result\":null}", NULL);
	answers(&session, "{\"id\":null,\"error\":{\"code\":1,\"message\":\"\"}}", NULL);
}

static void invalid_messages(void **state)
{
	struct lsp_session session = {.phase = LSP_PHASE_RUNNING};

	fails(&session, "", -32700, "null");
	fails(&session, "{\"id\":1,", -32700, "null");
	fails(&session, "{\"id\":1,\"method\":\"\xff\"}", -32700, "null");
	fails(&session, "{\"id\":1,\"method\":\"shutdown\"}{", -32700, "null");
	fails(&session, "[]", -32600, "null");
	fails(&session, "7", -32600, "null");
	fails(&session, "{}", -32600, "null");
	fails(&session, "{\"id\":1.5,\"method\":\"shutdown\"}", -32600, "null");
	fails(&session, "{\"id\":{},\"method\":\"shutdown\"}", -32600, "null");
	fails(&session, "{\"id\":4,\"method\":9}", -32600, "4");
	assert_int_equal(session.phase, LSP_PHASE_RUNNING);
}

static void saves_without_a_file(void **state)
{
	struct lsp_session session = {.phase = LSP_PHASE_RUNNING};

	saved(&session, DID_SAVE("null"), NULL);
	saved(&session, DID_SAVE("[]"), NULL);
	saved(&session, DID_SAVE("\"file:///a\\u0000b\""), NULL);
	saved(&session, "{\"method\":\"textDocument/didSave\",\"params\":[]}", NULL);
	saved(&session, "{\"method\":\"textDocument/didSave\"}", NULL);
}

static void a_deep_message_is_refused(void **state)
{
	struct lsp_session session = {.phase = LSP_PHASE_RUNNING};
	_cleanup_free_ char *deep = mem_zero(100001);

	memset(deep, '[', 100000);
	fails(&session, deep, -32700, "null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_initialize_to_exit),
		cmocka_unit_test(before_initialize_nothing_else),
		cmocka_unit_test(unknown_messages),
		cmocka_unit_test(invalid_messages),
		cmocka_unit_test(saves_without_a_file),
		cmocka_unit_test(folders_and_files_of_the_editor),
		cmocka_unit_test(a_deep_message_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
