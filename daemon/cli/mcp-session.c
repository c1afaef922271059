/* SPDX-License-Identifier: MIT */
#include "cli/mcp-session.h"

#include <stdbool.h>
#include <string.h>

#include "util/mem.h"

enum mcp_error {
	MCP_PARSE_ERROR = -32700,
	MCP_INVALID_REQUEST = -32600,
	MCP_METHOD_NOT_FOUND = -32601,
	MCP_INVALID_PARAMS = -32602,
};

/* Revisions of the protocol, the latest first. What is used here is the same in all of them. */
static const char *const revisions[] = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};

/* Each takes at most one argument. */
static const struct {
	enum mcp_tool tool;
	const char *name, *description;
	const char *argument, *argument_description;
	bool is_list; /* the argument is an array of strings; otherwise it is a string */
	bool is_required;
	bool is_read_only;
} tools[] = {
	{MCP_STATUS, "status",
		"The savecast daemon: connected browsers, projects, the tabs that are switched on "
		"and why each shows its project or none, and the last events.",
		NULL, NULL, .is_read_only = true},
	{MCP_SAVE_AND_WAIT, "save_and_wait",
		"Report files that were written, wait until the browser tabs that show their "
		"project have settled, and return what went wrong in the pages: uncaught errors, "
		"failed requests, error pages, with file and line. Call it after editing files of "
		"a web project.",
		"files", "Absolute paths of the files that were written or deleted", .is_list = true,
		.is_required = true},
	{MCP_PROBLEMS, "problems",
		"What is wrong now in the pages that show a project, without reporting a save.",
		"path", "Absolute path of a file or folder of the project, or a URL that a tab shows",
		.is_required = true, .is_read_only = true},
	{MCP_WHY, "why",
		"What a save of a file would do and why, or which project a URL shows.", "what",
		"Absolute path of a file, or a URL", .is_required = true, .is_read_only = true},
	{MCP_RELOAD, "reload", "Reload the tabs of a project although nothing was saved.", "path",
		"Absolute path of the project's folder", .is_required = true},
	{MCP_SCREENSHOT, "screenshot",
		"A picture of a live tab as the user sees it. Browsers allow it only for the tab that "
		"a window shows, after the user has clicked on savecast's icon in it; otherwise the "
		"error says what is missing.",
		"path", "A URL that a tab shows, or the absolute path of a file or folder of the project",
		.is_required = true, .is_read_only = true},
};

static json_t *result_reply(json_t *id, json_t *result)
{
	return json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result);
}

/* `id` NULL: it could not be read. */
static json_t *error_reply(json_t *id, enum mcp_error code, const char *message)
{
	return json_pack("{s:s, s:O, s:{s:i, s:s}}", "jsonrpc", "2.0", "id", id ? id : json_null(),
		"error", "code", (int)code, "message", message);
}

json_t *mcp_session_parse_error(const char *why)
{
	return error_reply(NULL, MCP_PARSE_ERROR, why);
}

static json_t *initialize(const json_t *params)
{
	const char *asked = json_string_value(json_object_get(params, "protocolVersion"));
	const char *revision = revisions[0];

	for (size_t i = 0; asked && i < COUNT_OF(revisions); i++) {
		if (strcmp(asked, revisions[i]) == 0) {
			revision = revisions[i];
		}
	}
	return json_pack("{s:s, s:{s:{}}, s:{s:s, s:s, s:s}, s:s}", "protocolVersion", revision,
		"capabilities", "tools", "serverInfo", "name", "savecast", "title", "savecast",
		"version", SAVECAST_VERSION, "instructions",
		"savecast brings the browser tabs of a web project up to date when its files are "
		"saved. After editing files, call save_and_wait to see what the pages say.");
}

static json_t *argument_schema(size_t i)
{
	json_t *schema = json_pack("{s:s, s:{}, s:b}", "type", "object", "properties",
		"additionalProperties", 0);
	json_t *argument;

	if (!tools[i].argument) {
		return schema;
	}
	argument = tools[i].is_list
		? json_pack("{s:s, s:s, s:{s:s}, s:i, s:i}", "type", "array", "description",
			tools[i].argument_description, "items", "type", "string", "minItems", 1,
			"maxItems", 4096)
		: json_pack("{s:s, s:s}", "type", "string", "description",
			tools[i].argument_description);
	json_object_set_new(json_object_get(schema, "properties"), tools[i].argument, argument);
	if (tools[i].is_required) {
		json_object_set_new(schema, "required", json_pack("[s]", tools[i].argument));
	}
	return schema;
}

static json_t *list_tools(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT_OF(tools); i++) {
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:o, s:{s:b, s:b}}", "name", tools[i].name,
				"description", tools[i].description, "inputSchema",
				argument_schema(i), "annotations", "readOnlyHint",
				(int)tools[i].is_read_only, "openWorldHint", 0));
	}
	return json_pack("{s:o}", "tools", list);
}

/* NULL if the arguments match the schema, otherwise what is wrong. */
static const char *argument_fault(size_t i, const json_t *arguments)
{
	const json_t *value = tools[i].argument ? json_object_get(arguments, tools[i].argument) : NULL;
	const json_t *item;
	size_t k;

	if (!tools[i].argument) {
		return NULL;
	}
	if (!value) {
		return tools[i].is_required ? "is missing" : NULL;
	}
	if (!tools[i].is_list) {
		return json_is_string(value) ? NULL : "must be a string";
	}
	if (!json_is_array(value) || !json_array_size(value) || json_array_size(value) > 4096) {
		return "must be an array of 1 to 4096 strings";
	}
	json_array_foreach (value, k, item) {
		if (!json_is_string(item)) {
			return "must be an array of 1 to 4096 strings";
		}
	}
	return NULL;
}

static void call_tool(struct mcp_outcome *outcome, json_t *id, const json_t *params)
{
	const char *name = json_string_value(json_object_get(params, "name"));
	json_t *arguments = json_object_get(params, "arguments");

	for (size_t i = 0; name && i < COUNT_OF(tools); i++) {
		const char *fault;

		if (strcmp(tools[i].name, name) != 0) {
			continue;
		}
		fault = arguments && !json_is_object(arguments) ? "must be an object"
								: argument_fault(i, arguments);
		if (fault) {
			_cleanup_free_ char *why = mem_printf("%s: %s: %s", name,
				tools[i].argument ? tools[i].argument : "arguments", fault);

			outcome->reply = error_reply(id, MCP_INVALID_PARAMS, why);
			return;
		}
		outcome->tool = tools[i].tool;
		outcome->id = json_incref(id);
		outcome->arguments = arguments ? json_incref(arguments) : json_object();
		return;
	}
	outcome->reply = error_reply(id, MCP_INVALID_PARAMS,
		"tools/call: name: must be one of status, save_and_wait, problems, why, reload, "
		"screenshot");
}

static void dispatch_request(
	struct mcp_outcome *outcome, json_t *id, const char *method, const json_t *params)
{
	if (strcmp(method, "initialize") == 0) {
		outcome->reply = result_reply(id, initialize(params));
	} else if (strcmp(method, "ping") == 0) {
		outcome->reply = result_reply(id, json_object());
	} else if (strcmp(method, "tools/list") == 0) {
		outcome->reply = result_reply(id, list_tools());
	} else if (strcmp(method, "tools/call") == 0) {
		call_tool(outcome, id, params);
	} else {
		outcome->reply = error_reply(id, MCP_METHOD_NOT_FOUND,
			"savecast has initialize, ping, tools/list and tools/call");
	}
}

static void dispatch(struct mcp_outcome *outcome, json_t *message)
{
	const char *method = json_string_value(json_object_get(message, "method"));
	json_t *id = json_object_get(message, "id");

	if (!json_is_object(message)) {
		outcome->reply =
			error_reply(NULL, MCP_INVALID_REQUEST, "a message must be an object");
	} else if (id && !json_is_integer(id) && !json_is_string(id)) {
		outcome->reply = error_reply(
			NULL, MCP_INVALID_REQUEST, "an id must be an integer or a string");
	} else if (method && id) {
		dispatch_request(outcome, id, method, json_object_get(message, "params"));
	} else if (!method && !json_object_get(message, "result") &&
		!json_object_get(message, "error")) {
		outcome->reply =
			error_reply(id, MCP_INVALID_REQUEST, "a message must have a method");
	}
	/* The rest are notifications, and replies to requests that this server never makes. */
}

struct mcp_outcome mcp_session_read(const char *message, size_t length)
{
	struct mcp_outcome outcome = {.tool = MCP_NO_TOOL};
	json_error_t error;
	json_t *json = json_loadb(message, length, JSON_DECODE_ANY, &error);

	if (json) {
		dispatch(&outcome, json);
		json_decref(json);
	} else {
		outcome.reply = mcp_session_parse_error("the message is not valid JSON");
	}
	return outcome;
}

void mcp_outcome_clear(struct mcp_outcome *outcome)
{
	json_decref(outcome->reply);
	json_decref(outcome->id);
	json_decref(outcome->arguments);
	*outcome = (struct mcp_outcome){.tool = MCP_NO_TOOL};
}

json_t *mcp_session_result(json_t *id, json_t *result, const char *error)
{
	_cleanup_free_ char *text = result ? json_dumps(result, JSON_INDENT(1)) : NULL;
	json_t *reply = json_pack("{s:[{s:s, s:s}], s:b}", "content", "type", "text", "text",
		error ? error : text ? text : "{}", "isError", error != NULL);

	if (result && !error) {
		json_object_set(reply, "structuredContent", result);
	}
	json_decref(result);
	return result_reply(id, reply);
}

json_t *mcp_session_image(json_t *id, json_t *picture)
{
	json_t *image = json_pack("{s:s, s:O, s:O}", "type", "image", "data",
		json_object_get(picture, "data"), "mimeType", json_object_get(picture, "mime"));
	json_t *reply;

	json_object_del(picture, "data");
	reply = mcp_session_result(id, picture, NULL);
	if (image) {
		json_array_insert_new(
			json_object_get(json_object_get(reply, "result"), "content"), 0, image);
	}
	return reply;
}
