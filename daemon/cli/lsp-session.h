/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The part of LSP that this server implements: it uses textDocument/didSave, and it tracks
 * which files are open, since it publishes diagnostics only for these and for files in the
 * editor's folders. Unknown requests get the protocol's error, and unknown notifications are
 * ignored, as LSP requires. Pure.
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

enum lsp_news {
	LSP_NO_NEWS,
	LSP_INITIALIZED, /* `roots` are the editor's folders */
	LSP_OPENED,	 /* the file `uri`; the same for the next two */
	LSP_CLOSED,
	LSP_SAVED,
};

/* The editor opens no more folders than this; further ones are ignored. */
enum { LSP_ROOTS_MAX = 64 };

/* What to do about a message; lsp_outcome_clear() drops it. */
struct lsp_outcome {
	json_t *reply; /* to be sent, or NULL */
	enum lsp_news news;
	char *uri;
	json_t *roots; /* array of URIs */
	bool exit;     /* the server is to end; the phase tells whether shutdown came first */
};

/* Frees what it holds, not itself. */
void lsp_outcome_clear(struct lsp_outcome *outcome);

struct lsp_outcome lsp_session_read(struct lsp_session *session, const char *message, size_t length);

/* The reply to bytes that are not a message. The caller drops it. */
json_t *lsp_session_parse_error(const char *why);
