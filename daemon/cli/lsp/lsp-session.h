/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * LSP as this server speaks it: it wants to know what was saved, and nothing
 * else. Requests that it does not know get the protocol's own errors, notifications
 * are ignored, as the protocol says. Pure.
 *
 * The server asks to be told when files are opened and closed, though it does
 * not care, since some editors tell of saves of opened files only.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

enum lsp_phase {
	LSP_PHASE_NEW, /* before "initialize" */
	LSP_PHASE_RUNNING,
	LSP_PHASE_SHUT_DOWN,
};

struct lsp_session {
	enum lsp_phase phase;
};

/* What a message asks for. The caller drops `reply` and frees `uri`. */
struct lsp_outcome {
	json_t *reply; /* to be sent, or NULL */
	char *uri;     /* what was saved, or NULL */
	bool exit;     /* the end; the phase tells whether it was a clean one */
};

struct lsp_outcome lsp_session_read(struct lsp_session *session, const char *message, size_t length);

/* The reply to what is no message at all. The caller drops it. */
json_t *lsp_session_parse_error(const char *why);
