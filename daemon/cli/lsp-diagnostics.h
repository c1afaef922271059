/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The problems of pages as LSP diagnostics: which to publish for which file, and which have
 * changed since. Only for files below the editor's folders, and files that it has open. Pure.
 *
 * File names are bytes, with symbolic links resolved, as the daemon names files. The URI of an
 * open file is the one that the editor has sent.
 */

#include <jansson.h>

enum {
	LSP_DOCUMENTS_MAX = 4096,   /* open files; further ones get no diagnostics */
	LSP_DIAGNOSTICS_MAX = 64,   /* of one file */
};

struct lsp_diagnostics {
	json_t *roots;	   /* URIs of the editor's folders */
	json_t *documents; /* URI of the resolved name -> the editor's URI */
	json_t *problems;  /* object path of a project -> its property Problems */
	json_t *published; /* URI -> array of diagnostics, never empty */
};

void lsp_diagnostics_init(struct lsp_diagnostics *diagnostics);
/* Frees what it holds, not itself. */
void lsp_diagnostics_deinit(struct lsp_diagnostics *diagnostics);

void lsp_diagnostics_add_root(struct lsp_diagnostics *diagnostics, const char *name);
/* The editor has opened the file, perhaps again: its diagnostics are published again. */
void lsp_diagnostics_open(
	struct lsp_diagnostics *diagnostics, const char *name, const char *uri);
void lsp_diagnostics_close(struct lsp_diagnostics *diagnostics, const char *uri);

/* The project's problems now; NULL: none. */
void lsp_diagnostics_set(
	struct lsp_diagnostics *diagnostics, const char *project, json_t *problems);
/* The daemon has ended. */
void lsp_diagnostics_forget(struct lsp_diagnostics *diagnostics);

/*
 * The notifications textDocument/publishDiagnostics for all files whose diagnostics have
 * changed since the last call: an array, which the caller drops.
 */
json_t *lsp_diagnostics_publish(struct lsp_diagnostics *diagnostics);
