/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <strings.h>

#include "cli/client-bus.h"
#include "cli/error.h"
#include "cli/lsp-diagnostics.h"
#include "cli/lsp-frames.h"
#include "cli/lsp-session.h"
#include "cli/save-stream.h"
#include "cli/text.h"
#include "dbus/names.h"
#include "util/mem.h"
#include "util/pathname.h"


struct lsp {
	struct save_stream *stream;
	struct lsp_frames frames;
	struct lsp_session session;
	struct lsp_diagnostics diagnostics;
	struct client *client; /* for the problems of pages; NULL while there is no connection */
	uint32_t listing;      /* the call whose reply is pending, or 0 */
	bool exit;
};

/* Drops the message. Blocks while the editor does not read, so an editor cannot pile them up. */
static void lsp_write(json_t *message)
{
	_cleanup_free_ char *text = json_dumps(message, JSON_COMPACT);

	json_decref(message);
	if (!text) {
		abort(); /* cannot happen: we made all of it, except an id that was read as valid JSON */
	}
	printf("Content-Length: %zu\r\n\r\n%s", strlen(text), text);
	fflush(stdout);
}

static void lsp_publish(struct lsp *lsp)
{
	json_t *messages = lsp_diagnostics_publish(&lsp->diagnostics);
	json_t *message;
	size_t i;

	json_array_foreach (messages, i, message) {
		lsp_write(json_incref(message));
	}
	json_decref(messages);
}

/* Asks for the problems of all projects, if the daemon is running. */
static void lsp_list(struct lsp *lsp)
{
	lsp->listing = client_send(lsp->client,
		&(struct client_method){.interface = OBJECT_MANAGER_INTERFACE,
			.member = "GetManagedObjects",
			.passive = true});
}

static void lsp_on_reply(const struct client_reply *reply, void *userdata)
{
	struct lsp *lsp = userdata;
	const char *path;
	json_t *object;

	if (reply->serial != lsp->listing || reply->result != CALL_DONE) {
		return; /* without a daemon there are no problems; its next start is noticed */
	}
	lsp->listing = 0;
	json_object_foreach (json_array_get(reply->values, 0), path, object) {
		lsp_diagnostics_set(&lsp->diagnostics, path,
			json_object_get(json_object_get(object, PROJECT_INTERFACE), "Problems"));
	}
	lsp_publish(lsp);
}

static void lsp_on_signal(const struct client_signal *signal, void *userdata)
{
	struct lsp *lsp = userdata;
	const json_t *values = signal->values;
	const char *first = json_string_value(json_array_get(values, 0));
	const char *owner = json_string_value(json_array_get(values, 2));

	if (strcmp(signal->member, "PropertiesChanged") == 0 && first &&
		strcmp(first, PROJECT_INTERFACE) == 0) {
		json_t *problems = json_object_get(json_array_get(values, 1), "Problems");

		if (problems) {
			lsp_diagnostics_set(&lsp->diagnostics, signal->path, problems);
		}
	} else if (strcmp(signal->member, "InterfacesRemoved") == 0 && first) {
		lsp_diagnostics_set(&lsp->diagnostics, first, NULL);
	} else if (strcmp(signal->member, "NameOwnerChanged") == 0) {
		lsp_diagnostics_forget(&lsp->diagnostics);
		if (owner && *owner) {
			lsp_list(lsp);
		}
	}
	lsp_publish(lsp);
}

/* Without a bus there are no diagnostics; the error of the next save says why. */
static void lsp_connect(struct lsp *lsp)
{
	static const struct client_handlers handlers = {lsp_on_reply, lsp_on_signal};
	_cleanup_free_ char *why = NULL;

	if (!lsp->client) {
		lsp->client = client_new(&handlers, lsp, &why);
		if (lsp->client) {
			client_watch_owner(lsp->client);
			client_watch_projects(lsp->client);
			lsp_list(lsp);
		}
	}
}

static struct pollfd lsp_pollfd(void *userdata)
{
	struct lsp *lsp = userdata;

	return lsp->client ? client_pollfd(lsp->client) : (struct pollfd){.fd = -1};
}

/* After the end of the bus, the next save connects again. */
static void lsp_serve(void *userdata)
{
	struct lsp *lsp = userdata;

	if (!client_serve(lsp->client)) {
		client_free(lsp->client);
		lsp->client = NULL;
		lsp_diagnostics_forget(&lsp->diagnostics);
		lsp_publish(lsp);
	}
}

/*
 * The file that a URI names, symbolic links resolved, as the daemon names it; NULL if it is not a
 * file of this machine. The caller frees it.
 */
static char *lsp_file_of(const char *uri)
{
	_cleanup_free_ char *name = NULL;
	const char *why;
	char *resolved;

	if (strncasecmp(uri, "file:", 5) != 0 || pathname_from_text(uri, &name, &why) < 0) {
		return NULL;
	}
	resolved = realpath(name, NULL);
	return resolved ? resolved : mem_steal(name);
}

static void lsp_start(struct lsp *lsp, const json_t *roots)
{
	const json_t *uri;
	size_t i;

	json_array_foreach (roots, i, uri) {
		_cleanup_free_ char *name = lsp_file_of(json_string_value(uri));

		if (name) {
			lsp_diagnostics_add_root(&lsp->diagnostics, name);
		}
	}
	lsp_connect(lsp);
}

static void lsp_document(struct lsp *lsp, enum lsp_news news, const char *uri)
{
	_cleanup_free_ char *name = NULL;

	if (strncasecmp(uri, "file:", 5) != 0) {
		return; /* documents that are not files (untitled:, jdt:, ...) are ignored */
	}
	if (news == LSP_SAVED) {
		save_stream_take(lsp->stream, uri, "textDocument/didSave");
		lsp_connect(lsp);
	} else if (news == LSP_CLOSED) {
		lsp_diagnostics_close(&lsp->diagnostics, uri);
	} else {
		name = lsp_file_of(uri);
		if (name) {
			lsp_diagnostics_open(&lsp->diagnostics, name, uri);
		}
	}
}

static void lsp_on_message(const char *message, size_t length, void *userdata)
{
	struct lsp *lsp = userdata;
	struct lsp_outcome outcome;

	if (lsp->exit) {
		return;
	}
	outcome = lsp_session_read(&lsp->session, message, length);
	if (outcome.reply) {
		lsp_write(json_incref(outcome.reply));
	}
	if (outcome.news == LSP_INITIALIZED) {
		lsp_start(lsp, outcome.roots);
	} else if (outcome.news != LSP_NO_NEWS) {
		lsp_document(lsp, outcome.news, outcome.uri);
		lsp_publish(lsp);
	}
	lsp->exit = outcome.exit;
	lsp_outcome_clear(&outcome);
}

static bool lsp_feed(struct save_stream *stream, char *bytes, size_t length, void *userdata)
{
	struct lsp *lsp = userdata;

	lsp->stream = stream;
	if (lsp_frames_feed(&lsp->frames, bytes, length, lsp_on_message, lsp) < 0) {
		_cleanup_free_ char *why = text_safe(lsp->frames.broken);

		lsp_write(lsp_session_parse_error(why));
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
		.reads_on = true,
		.feed = lsp_feed,
		.finish = lsp_finish,
		.pollfd = lsp_pollfd,
		.serve = lsp_serve,
	};
	struct lsp *lsp = mem_new(struct lsp);
	bool clean;

	lsp_frames_init(&lsp->frames);
	lsp_diagnostics_init(&lsp->diagnostics);
	save_stream_run(&source, lsp, false);
	/* LSP knows these two exit codes; errors were printed on standard error. */
	clean = lsp->exit && lsp->session.phase == LSP_PHASE_SHUT_DOWN;
	client_free(lsp->client);
	lsp_diagnostics_deinit(&lsp->diagnostics);
	lsp_frames_deinit(&lsp->frames);
	free(lsp);
	return clean ? EXIT_CODE_DONE : EXIT_CODE_REFUSED;
}

const struct verb verb_lsp = {
	.name = "lsp",
	.synopsis = "",
	.summary = "run a language server: saves, and the errors of pages as diagnostics",
	.description =
		"Runs a language server on standard input and output, for editors to start. It "
		"reports each file that the editor saves (textDocument/didSave) to the daemon. It "
		"publishes what went wrong in the pages that show a project as diagnostics "
		"(textDocument/publishDiagnostics) of the files in the editor's folders and of its "
		"open files. A diagnostic disappears when the page has loaded without the problem. "
		"The server offers nothing else. `editors.md` in `/usr/share/savecast` "
		"(`clients/README.md` in the source) has the configuration for many editors.\n"
		"\n"
		"It never waits for the daemon, and reports each save that fails on one line of "
		"standard error, which editors show as the server's log.\n"
		"\n"
		"The exit code is the protocol's: 0 after `shutdown` and `exit`, otherwise 1.\n",
	.options = "",
	.takes = VERB_TAKES_NOTHING,
	.run = lsp_run,
};
