/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The Model Context Protocol as this server implements it: JSON-RPC 2.0, one message per line,
 * tools only. Pure: takes a message, and returns a reply or the tool to run.
 */

#include <stddef.h>

#include <jansson.h>

/* Longer messages are refused. */
enum { MCP_MESSAGE_MAX = 1024 * 1024 };

enum mcp_tool {
	MCP_NO_TOOL,
	MCP_STATUS,
	MCP_SAVE_AND_WAIT,
	MCP_PROBLEMS,
	MCP_WHY,
	MCP_RELOAD,
	MCP_SCREENSHOT,
};

/* What to do about a message. mcp_outcome_clear() drops it. */
struct mcp_outcome {
	json_t *reply; /* to be sent, or NULL */
	enum mcp_tool tool; /* to be run, and then mcp_session_result() sent */
	json_t *id; /* the request's id */
	json_t *arguments; /* an object, checked against the tool's schema */
};

struct mcp_outcome mcp_session_read(const char *message, size_t length);
void mcp_outcome_clear(struct mcp_outcome *outcome);

/* The reply to a tool's request. Takes `result`, an object; with `error`, why it failed. */
json_t *mcp_session_result(json_t *id, json_t *result, const char *error);

/*
 * Like mcp_session_result(), for the result of the D-Bus method Screenshot: the picture is an image,
 * the rest is text. Takes `picture`.
 */
json_t *mcp_session_image(json_t *id, json_t *picture);

/* The reply to bytes that are not a message. The caller drops it. */
json_t *mcp_session_parse_error(const char *why);
