/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * LSP as this server speaks it: it only wants textDocument/didSave. Unknown requests get
 * the protocol's error and unknown notifications are ignored, as the protocol says. Pure.
 *
 * The server also asks for didOpen and didClose, which it ignores: some editors report
 * saves only of files that they have reported as open.
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

/* What to do about a message. The caller drops `reply` and frees `uri`. */
struct lsp_outcome {
	json_t *reply; /* to be sent, or NULL */
	char *uri;     /* what was saved, or NULL */
	bool exit;     /* the server is to end; the phase tells whether shutdown came first */
};

struct lsp_outcome lsp_session_read(struct lsp_session *session, const char *message, size_t length);

/* The reply to bytes that are not a message. The caller drops it. */
json_t *lsp_session_parse_error(const char *why);
