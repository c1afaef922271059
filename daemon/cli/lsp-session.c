/* SPDX-License-Identifier: MIT */
#include "cli/lsp-session.h"

#include <string.h>

#include "util/mem.h"

/* As JSON-RPC and LSP number them. */
enum lsp_error {
	LSP_PARSE_ERROR = -32700,
	LSP_INVALID_REQUEST = -32600,
	LSP_METHOD_NOT_FOUND = -32601,
	LSP_SERVER_NOT_INITIALIZED = -32002,
};

static const struct {
	const char *method;
	enum lsp_news news;
} notifications[] = {
	{"textDocument/didOpen", LSP_OPENED},
	{"textDocument/didClose", LSP_CLOSED},
	{"textDocument/didSave", LSP_SAVED},
};

/* Takes ownership of `result`. */
static json_t *session_result(json_t *id, json_t *result)
{
	return json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result);
}

/* `id` NULL: it could not be read. */
static json_t *session_error(json_t *id, enum lsp_error code, const char *message)
{
	return json_pack("{s:s, s:O, s:{s:i, s:s}}", "jsonrpc", "2.0", "id", id ? id : json_null(),
		"error", "code", (int)code, "message", message);
}

static json_t *session_capabilities(void)
{
	return json_pack("{s:{s:{s:b, s:i, s:{s:b}}}, s:{s:s, s:s}}", "capabilities",
		"textDocumentSync", "openClose", 1, "change", 0, "save", "includeText", 0,
		"serverInfo", "name", "savecast", "version", SAVECAST_VERSION);
}

/* The URIs of workspaceFolders; if there are none, rootUri, which older editors send. */
static json_t *session_roots(const json_t *params)
{
	const json_t *folders = json_object_get(params, "workspaceFolders");
	json_t *single = json_object_get(params, "rootUri");
	json_t *roots = json_array();
	json_t *folder;
	size_t i;

	json_array_foreach (folders, i, folder) {
		json_t *uri = json_object_get(folder, "uri");

		if (json_is_string(uri) && json_array_size(roots) < LSP_ROOTS_MAX) {
			json_array_append(roots, uri);
		}
	}
	if (!json_array_size(roots) && json_is_string(single)) {
		json_array_append(roots, single);
	}
	return roots;
}

static json_t *session_request(struct lsp_session *session, json_t *id, const char *method,
	const json_t *params, struct lsp_outcome *outcome)
{
	bool initialize = strcmp(method, "initialize") == 0;

	if (session->phase == LSP_PHASE_NEW) {
		if (!initialize) {
			return session_error(
				id, LSP_SERVER_NOT_INITIALIZED, "initialize must come first");
		}
		session->phase = LSP_PHASE_RUNNING;
		outcome->news = LSP_INITIALIZED;
		outcome->roots = session_roots(params);
		return session_result(id, session_capabilities());
	}
	if (session->phase == LSP_PHASE_SHUT_DOWN) {
		return session_error(id, LSP_INVALID_REQUEST, "only exit may follow shutdown");
	}
	if (initialize) {
		return session_error(id, LSP_INVALID_REQUEST, "initialize may come only once");
	}
	if (strcmp(method, "shutdown") == 0) {
		session->phase = LSP_PHASE_SHUT_DOWN;
		return session_result(id, json_null());
	}
	return session_error(
		id, LSP_METHOD_NOT_FOUND, "savecast only receives saves and publishes diagnostics");
}

static void session_notification(struct lsp_session *session, const char *method,
	const json_t *params, struct lsp_outcome *outcome)
{
	const json_t *uri = json_object_get(json_object_get(params, "textDocument"), "uri");
	const char *text = json_string_value(uri);

	if (strcmp(method, "exit") == 0) {
		outcome->exit = true;
		return;
	}
	/* In a URI a NUL is %00, which path_argument_read() refuses. */
	if (session->phase != LSP_PHASE_RUNNING || !text ||
		strlen(text) != json_string_length(uri)) {
		return;
	}
	for (size_t i = 0; i < COUNT_OF(notifications); i++) {
		if (strcmp(method, notifications[i].method) == 0) {
			outcome->news = notifications[i].news;
			outcome->uri = mem_strdup(text);
		}
	}
}

static void session_dispatch(
	struct lsp_session *session, json_t *message, struct lsp_outcome *outcome)
{
	const char *method = json_string_value(json_object_get(message, "method"));
	json_t *id = json_object_get(message, "id");
	const json_t *params = json_object_get(message, "params");

	if (!json_is_object(message)) {
		outcome->reply =
			session_error(NULL, LSP_INVALID_REQUEST, "a message must be an object");
	} else if (id && !json_is_integer(id) && !json_is_string(id) && !json_is_null(id)) {
		outcome->reply = session_error(
			NULL, LSP_INVALID_REQUEST, "an id must be an integer or a string");
	} else if (method && id && !json_is_null(id)) {
		outcome->reply = session_request(session, id, method, params, outcome);
	} else if (method && !id) {
		session_notification(session, method, params, outcome);
	} else if (!json_object_get(message, "result") && !json_object_get(message, "error")) {
		outcome->reply =
			session_error(id, LSP_INVALID_REQUEST, "a message must have a method");
	}
	/* The rest are replies, to requests that this server never makes: ignored. */
}

struct lsp_outcome lsp_session_read(struct lsp_session *session, const char *message, size_t length)
{
	struct lsp_outcome outcome = {.reply = NULL};
	json_error_t error;
	/* The text of an opened file may contain a NUL. */
	json_t *json = json_loadb(message, length, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);

	if (json) {
		session_dispatch(session, json, &outcome);
		json_decref(json);
	} else {
		outcome.reply =
			session_error(NULL, LSP_PARSE_ERROR, "the message is not valid JSON");
	}
	return outcome;
}

void lsp_outcome_clear(struct lsp_outcome *outcome)
{
	json_decref(outcome->reply);
	json_decref(outcome->roots);
	free(outcome->uri);
	*outcome = (struct lsp_outcome){.news = LSP_NO_NEWS};
}

json_t *lsp_session_parse_error(const char *why)
{
	return session_error(NULL, LSP_PARSE_ERROR, why);
}
