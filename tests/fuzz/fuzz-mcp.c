/* SPDX-License-Identifier: MIT */

/* Any line from an MCP client: no crash, no leak, and replies that are JSON. */

#include <assert.h>
#include <stdint.h>

#include "cli/mcp-session.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mcp_outcome outcome = mcp_session_read((const char *)data, size);

	if (outcome.reply) {
		_cleanup_free_ char *text = json_dumps(outcome.reply, JSON_COMPACT);

		assert(text);
	}
	if (outcome.tool != MCP_NO_TOOL) {
		json_decref(mcp_session_result(outcome.id, json_incref(outcome.arguments), NULL));
	}
	mcp_outcome_clear(&outcome);
	return 0;
}
