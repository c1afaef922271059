/* SPDX-License-Identifier: MIT */
#include "cli/lsp-diagnostics.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "cli/text.h"
#include "util/mem.h"
#include "util/pathname.h"

enum { LSP_SEVERITY_ERROR = 1 };

void lsp_diagnostics_init(struct lsp_diagnostics *diagnostics)
{
	diagnostics->roots = json_array();
	diagnostics->documents = json_object();
	diagnostics->problems = json_object();
	diagnostics->published = json_object();
}

void lsp_diagnostics_deinit(struct lsp_diagnostics *diagnostics)
{
	json_decref(diagnostics->roots);
	json_decref(diagnostics->documents);
	json_decref(diagnostics->problems);
	json_decref(diagnostics->published);
}

void lsp_diagnostics_add_root(struct lsp_diagnostics *diagnostics, const char *name)
{
	_cleanup_free_ char *uri = pathname_to_uri(name);

	json_array_append_new(diagnostics->roots, json_string(uri));
}

void lsp_diagnostics_open(
	struct lsp_diagnostics *diagnostics, const char *name, const char *uri)
{
	_cleanup_free_ char *key = pathname_to_uri(name);

	if (json_object_size(diagnostics->documents) < LSP_DOCUMENTS_MAX) {
		json_object_set_new(diagnostics->documents, key, json_string(uri));
	}
	/* Editors forget the diagnostics of a file that they close or read again. */
	json_object_del(diagnostics->published, uri);
}

void lsp_diagnostics_close(struct lsp_diagnostics *diagnostics, const char *uri)
{
	const char *key;
	json_t *opened;
	void *next;

	json_object_foreach_safe (diagnostics->documents, next, key, opened) {
		if (strcmp(json_string_value(opened), uri) == 0) {
			json_object_del(diagnostics->documents, key);
		}
	}
}

void lsp_diagnostics_set(
	struct lsp_diagnostics *diagnostics, const char *project, json_t *problems)
{
	if (json_array_size(problems)) {
		json_object_set(diagnostics->problems, project, problems);
	} else {
		json_object_del(diagnostics->problems, project);
	}
}

void lsp_diagnostics_forget(struct lsp_diagnostics *diagnostics)
{
	json_object_clear(diagnostics->problems);
}

/* The URI to publish a file's diagnostics for, or NULL if the editor does not have the file. */
static const char *uri_for(const struct lsp_diagnostics *diagnostics, const char *key)
{
	const char *opened = json_string_value(json_object_get(diagnostics->documents, key));
	json_t *root;
	size_t i;

	json_array_foreach (diagnostics->roots, i, root) {
		size_t length = json_string_length(root);

		if (!opened && strncmp(key, json_string_value(root), length) == 0 &&
			(key[length] == '/' || key[length - 1] == '/')) {
			opened = key;
		}
	}
	return opened;
}

/* The daemon counts lines and columns from 1, LSP from 0. */
static json_int_t position_of(const json_t *problem, const char *key)
{
	json_int_t number = json_integer_value(json_object_get(problem, key));

	return number < 1 ? 0 : number > INT_MAX ? INT_MAX - 1 : number - 1;
}

static json_t *diagnostic_of(const json_t *problem)
{
	_cleanup_free_ char *message = text_safe(text_of(problem, "message"));
	_cleanup_free_ char *page = text_safe(text_of(problem, "page"));
	_cleanup_free_ char *text = mem_printf("%s\n%s", message, page);
	json_int_t line = position_of(problem, "line"), character = position_of(problem, "column");

	/* One character: not every editor marks an empty range at its position. */
	return json_pack("{s:{s:{s:I, s:I}, s:{s:I, s:I}}, s:i, s:s, s:s, s:s}", "range", "start",
		"line", line, "character", character, "end", "line", line, "character",
		character + 1, "severity", LSP_SEVERITY_ERROR, "source", "savecast", "code",
		text_of(problem, "kind"), "message", text);
}

/* Two tabs with the same page have the same problems. */
static bool has(const json_t *list, const json_t *diagnostic)
{
	const json_t *other;
	size_t i;

	json_array_foreach (list, i, other) {
		if (json_equal(other, diagnostic)) {
			return true;
		}
	}
	return false;
}

static void add(const struct lsp_diagnostics *diagnostics, json_t *wanted, const json_t *problem)
{
	const char *file = text_of(problem, "file");
	_cleanup_free_ char *name = NULL;
	_cleanup_free_ char *key = NULL;
	const char *uri, *why;
	json_t *list, *diagnostic;

	if (!*file || pathname_from_text(file, &name, &why) < 0) {
		return;
	}
	key = pathname_to_uri(name);
	uri = uri_for(diagnostics, key);
	if (!uri) {
		return;
	}
	list = json_object_get(wanted, uri);
	if (!list) {
		list = json_array();
		json_object_set_new(wanted, uri, list);
	}
	diagnostic = diagnostic_of(problem);
	if (json_array_size(list) < LSP_DIAGNOSTICS_MAX && !has(list, diagnostic)) {
		json_array_append(list, diagnostic);
	}
	json_decref(diagnostic);
}

static json_t *notification(const char *uri, json_t *list)
{
	return json_pack("{s:s, s:s, s:{s:s, s:o}}", "jsonrpc", "2.0", "method",
		"textDocument/publishDiagnostics", "params", "uri", uri, "diagnostics", list);
}

json_t *lsp_diagnostics_publish(struct lsp_diagnostics *diagnostics)
{
	json_t *messages = json_array(), *wanted = json_object();
	const char *key;
	json_t *list, *problem;
	size_t i;

	json_object_foreach (diagnostics->problems, key, list) {
		json_array_foreach (list, i, problem) {
			add(diagnostics, wanted, problem);
		}
	}
	json_object_foreach (diagnostics->published, key, list) {
		if (!json_object_get(wanted, key)) {
			json_array_append_new(messages, notification(key, json_array()));
		}
	}
	json_object_foreach (wanted, key, list) {
		if (!json_equal(json_object_get(diagnostics->published, key), list)) {
			json_array_append_new(messages, notification(key, json_incref(list)));
		}
	}
	json_decref(diagnostics->published);
	diagnostics->published = wanted;
	return messages;
}
