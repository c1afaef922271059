/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <strings.h>

#include "util/mem.h"
#include "cli/feed/feeder.h"
#include "cli/lsp/lsp-frames.h"
#include "cli/lsp/lsp-session.h"
#include "cli/print/complain.h"
#include "cli/print/text.h"

struct lsp {
	struct feeder *feeder;
	struct lsp_frames frames;
	struct lsp_session session;
	bool exit;
};

/* Drops the reply. An editor that does not read it is waited for, which bounds what it can ask. */
static void lsp_reply(json_t *reply)
{
	_cleanup_free_ char *text = json_dumps(reply, JSON_COMPACT);

	json_decref(reply);
	if (!text) {
		abort(); /* all of it is ours, but an id that was read as valid JSON */
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
	/* What is not on this disk (untitled:, jdt:, ...) concerns nobody here. */
	if (uri && strncasecmp(uri, "file:", 5) == 0) {
		feeder_take(lsp->feeder, uri, "textDocument/didSave");
	}
	lsp->exit = outcome.exit;
}

static bool lsp_feed(struct feeder *feeder, char *bytes, size_t length, void *userdata)
{
	struct lsp *lsp = userdata;

	lsp->feeder = feeder;
	if (lsp_frames_feed(&lsp->frames, bytes, length, lsp_on_message, lsp) < 0) {
		_cleanup_free_ char *why = text_safe(lsp->frames.broken);

		lsp_reply(lsp_session_parse_error(why));
		complain("%s", lsp->frames.broken);
		return false;
	}
	return !lsp->exit;
}

static void lsp_finish(struct feeder *feeder, void *userdata)
{
}

static enum exit_code lsp_run(const struct verb *verb, const struct arguments *args)
{
	static const struct feeder_source source = {
		.reads_on = true, .feed = lsp_feed, .finish = lsp_finish};
	struct lsp *lsp = mem_new(struct lsp);
	bool clean;

	lsp_frames_init(&lsp->frames);
	feeder_run(&source, lsp, false);
	/* LSP's own two exit codes; what the daemon said was said on standard error. */
	clean = lsp->exit && lsp->session.phase == LSP_PHASE_SHUT_DOWN;
	lsp_frames_deinit(&lsp->frames);
	free(lsp);
	return clean ? EXIT_CODE_DONE : EXIT_CODE_REFUSED;
}

const struct verb verb_lsp = {
	.name = "lsp",
	.synopsis = "",
	.summary = "be a language server that tells of saves",
	.description =
		"A language server on standard input and output, for editors to start: it asks\n"
		"for textDocument/didSave, tells the daemon of each file, and offers nothing\n"
		"else. clients/README.md has the lines for many editors.\n"
		"\n"
		"It never waits for the daemon, and reports each save that fails on one line of\n"
		"standard error, which editors show as the server's log.\n"
		"\n"
		"Exits as LSP has it: with 0 after \"shutdown\" and \"exit\", else with 1.\n",
	.options = "",
	.run = lsp_run,
};
