/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <strings.h>

#include "util/mem.h"
#include "cli/save-stream.h"
#include "cli/lsp-frames.h"
#include "cli/lsp-session.h"
#include "cli/error.h"
#include "cli/text.h"

struct lsp {
	struct save_stream *stream;
	struct lsp_frames frames;
	struct lsp_session session;
	bool exit;
};

/* Drops the reply. Blocks while the editor does not read, so an editor cannot pile up replies. */
static void lsp_reply(json_t *reply)
{
	_cleanup_free_ char *text = json_dumps(reply, JSON_COMPACT);

	json_decref(reply);
	if (!text) {
		abort(); /* cannot happen: we made all of it, except an id that was read as valid JSON */
	}
	printf("Content-Length: %zu\r\n\r\n%s", strlen(text), text);
	fflush(stdout);
}

static void lsp_on_message(const char *message, size_t length, void *userdata)
{
	struct lsp *lsp = userdata;
	struct lsp_outcome outcome;
	_cleanup_free_ char *uri = NULL;

	if (lsp->exit) {
		return;
	}
	outcome = lsp_session_read(&lsp->session, message, length);
	uri = outcome.uri;
	if (outcome.reply) {
		lsp_reply(outcome.reply);
	}
	/* Documents that are not files (untitled:, jdt:, ...) are ignored. */
	if (uri && strncasecmp(uri, "file:", 5) == 0) {
		save_stream_take(lsp->stream, uri, "textDocument/didSave");
	}
	lsp->exit = outcome.exit;
}

static bool lsp_feed(struct save_stream *stream, char *bytes, size_t length, void *userdata)
{
	struct lsp *lsp = userdata;

	lsp->stream = stream;
	if (lsp_frames_feed(&lsp->frames, bytes, length, lsp_on_message, lsp) < 0) {
		_cleanup_free_ char *why = text_safe(lsp->frames.broken);

		lsp_reply(lsp_session_parse_error(why));
		error_print("%s", lsp->frames.broken);
		return false;
	}
	return !lsp->exit;
}

static void lsp_finish(struct save_stream *stream, void *userdata)
{
}

static enum exit_code lsp_run(const struct verb *verb, const struct arguments *args)
{
	static const struct save_stream_source source = {
		.reads_on = true, .feed = lsp_feed, .finish = lsp_finish};
	struct lsp *lsp = mem_new(struct lsp);
	bool clean;

	lsp_frames_init(&lsp->frames);
	save_stream_run(&source, lsp, false);
	/* LSP knows these two exit codes; errors were printed on standard error. */
	clean = lsp->exit && lsp->session.phase == LSP_PHASE_SHUT_DOWN;
	lsp_frames_deinit(&lsp->frames);
	free(lsp);
	return clean ? EXIT_CODE_DONE : EXIT_CODE_REFUSED;
}

const struct verb verb_lsp = {
	.name = "lsp",
	.synopsis = "",
	.summary = "run a language server that reports saves",
	.description =
		"Runs a language server on standard input and output, for editors to start. It "
		"asks "
		"the editor for textDocument/didSave, reports each saved file to the daemon, and "
		"offers nothing else. `editors.md` in `/usr/share/savecast` (`clients/README.md` "
		"in the source) has the configuration for many editors.\n"
		"\n"
		"It never waits for the daemon, and reports each save that fails on one line of "
		"standard error, which editors show as the server's log.\n"
		"\n"
		"The exit code is the protocol's: 0 after `shutdown` and `exit`, otherwise 1.\n",
	.options = "",
	.takes = VERB_TAKES_NOTHING,
	.run = lsp_run,
};
