/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/call.h"
#include "cli/error.h"
#include "cli/mcp-session.h"
#include "cli/status-page.h"
#include "util/mem.h"

static enum call_result mcp_call(
	struct client *client, const struct client_method *method, json_t **result, char **why)
{
	json_t *values = NULL;
	enum call_result r = client_call(client, method, &values, why);

	if (r == CALL_DONE) {
		*result = json_incref(json_array_get(values, 0));
	}
	json_decref(values);
	return r;
}

static enum call_result mcp_text_call(struct client *client, const char *member, const char *text,
	bool wait, json_t **result, char **why)
{
	return mcp_call(client,
		&(struct client_method){.member = member,
			.texts = {text},
			.has_options = true,
			.options = {{"wait", 'b', true}},
			.option_count = wait ? 1 : 0},
		result, why);
}

/* Reports the files, then waits for the project of the first. */
static enum call_result mcp_save_and_wait(
	struct client *client, const json_t *files, json_t **result, char **why)
{
	size_t count = json_array_size(files);
	_cleanup_free_ char **names = mem_zero(count * sizeof *names);
	json_t *event = NULL, *check = NULL;
	enum call_result r;

	for (size_t i = 0; i < count; i++) {
		names[i] = (char *)json_string_value(json_array_get(files, i));
	}
	r = mcp_call(client,
		&(struct client_method){.member = "Saved",
			.names = names,
			.name_count = count,
			.has_options = true},
		&event, why);
	if (r == CALL_DONE) {
		r = mcp_text_call(client, "Check", names[0], true, &check, why);
	}
	if (r == CALL_DONE) {
		json_object_set(check, "event", event);
		*result = json_incref(check);
	}
	json_decref(event);
	json_decref(check);
	return r;
}

static enum call_result mcp_run_tool(
	struct client *client, const struct mcp_outcome *outcome, json_t **result, char **why)
{
	const json_t *arguments = outcome->arguments;
	const char *path = json_string_value(json_object_get(arguments, "path"));
	enum call_result r;

	switch (outcome->tool) {
	case MCP_STATUS:
		if (status_read(client, result) != EXIT_CODE_DONE) {
			*why = mem_strdup("the savecast daemon cannot be reached");
			return CALL_UNREACHABLE;
		}
		return CALL_DONE;
	case MCP_SAVE_AND_WAIT:
		return mcp_save_and_wait(
			client, json_object_get(arguments, "files"), result, why);
	case MCP_PROBLEMS:
		return mcp_text_call(client, "Check", path, false, result, why);
	case MCP_SCREENSHOT:
		return mcp_text_call(client, "Screenshot", path, false, result, why);
	case MCP_WHY:
		return mcp_text_call(client, "Explain",
			json_string_value(json_object_get(arguments, "what")), false, result, why);
	default:
		r = mcp_text_call(client, "Reload", path, false, result, why);
		if (r == CALL_DONE) {
			*result = json_pack("{s:o}", "event", *result);
		}
		return r;
	}
}

/* Blocks while the client does not read, so that replies cannot pile up. Drops the reply. */
static void mcp_send(json_t *reply)
{
	_cleanup_free_ char *text = json_dumps(reply, JSON_COMPACT);

	json_decref(reply);
	if (text) {
		puts(text);
		fflush(stdout);
	}
}

/* Each call of a tool makes a new connection: the daemon and the bus may have been restarted. */
static void mcp_answer(const char *line, size_t length)
{
	struct mcp_outcome outcome = mcp_session_read(line, length);
	_cleanup_(client_freep) struct client *client = NULL;
	_cleanup_free_ char *why = NULL;
	json_t *result = NULL;

	if (outcome.reply) {
		mcp_send(json_incref(outcome.reply));
	}
	if (outcome.tool != MCP_NO_TOOL) {
		client = client_new(NULL, NULL, &why);
		if (client && mcp_run_tool(client, &outcome, &result, &why) == CALL_DONE) {
			free(mem_steal(why));
		}
		mcp_send(outcome.tool == MCP_SCREENSHOT && !why
				? mcp_session_image(outcome.id, result)
				: mcp_session_result(outcome.id, result, why));
	}
	mcp_outcome_clear(&outcome);
}

/* Reads up to the end of a line that is too long. */
static void skip_line(void)
{
	int c;

	while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
	}
}

static enum exit_code mcp_run(const struct verb *verb, const struct arguments *args)
{
	_cleanup_free_ char *line = mem_alloc(MCP_MESSAGE_MAX + 2);

	while (fgets(line, MCP_MESSAGE_MAX + 2, stdin)) {
		size_t length = strlen(line);

		if (length && line[length - 1] != '\n' && length > MCP_MESSAGE_MAX) {
			skip_line();
			mcp_send(mcp_session_parse_error("a message must be at most 1 MiB long"));
			continue;
		}
		if (length && line[length - 1] == '\n') {
			length--;
		}
		if (length && line[length - 1] == '\r') {
			length--;
		}
		if (length) {
			mcp_answer(line, length);
		}
	}
	return ferror(stdin) ? EXIT_CODE_REFUSED : EXIT_CODE_DONE;
}

const struct verb verb_mcp = {
	.name = "mcp",
	.synopsis = "",
	.summary = "run a Model Context Protocol server for programs that write code",
	.description =
		"Runs a server of the Model Context Protocol on standard input and output. An AI "
		"agent, or another program that writes code, starts it. Its tools are `status`, "
		"`save_and_wait` (report files that were written, wait for the tabs, and return "
		"what went wrong in the pages), `problems`, `why`, `reload` and `screenshot` (a picture "
		"of the page; browsers allow it only for the visible tab, after a click on the icon "
		"of savecast in it). It ends when its input ends.\n"
		"\n"
		"Most clients need a configuration like this:\n"
		"\n"
		"    {\"mcpServers\": {\"savecast\": {\"command\": \"savecast\", \"args\": [\"mcp\"]}}}\n",
	.options = "",
	.takes = VERB_TAKES_NOTHING,
	.run = mcp_run,
};
