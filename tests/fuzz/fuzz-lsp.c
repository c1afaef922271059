/* SPDX-License-Identifier: MIT */

/* Any bytes from an editor: no crash, no leak, bounded memory, and replies that are JSON. */

#include <assert.h>
#include <stdint.h>

#include "util/mem.h"
#include "cli/lsp-frames.h"
#include "cli/lsp-session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_message(const char *message, size_t length, void *userdata)
{
	struct lsp_outcome outcome = lsp_session_read(userdata, message, length);

	if (outcome.reply) {
		_cleanup_free_ char *text = json_dumps(outcome.reply, JSON_COMPACT);

		assert(text);
	}
	lsp_outcome_clear(&outcome);
}

/* The first byte is the size of the parts in which the others come. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lsp_session session = {.phase = LSP_PHASE_NEW};
	struct lsp_frames frames;
	size_t part = size ? 1u + data[0] : 1;

	lsp_frames_init(&frames);
	for (size_t i = 1; i < size; i += part) {
		size_t n = size - i < part ? size - i : part;

		lsp_frames_feed(&frames, (const char *)data + i, n, on_message, &session);
		assert(frames.message_room <= 2 * LSP_MESSAGE_MAX && frames.message_room <= 2 * size);
	}
	lsp_frames_deinit(&frames);
	return 0;
}
