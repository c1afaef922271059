/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The messages of protocol/websocket.md: parses text into plain structs, and writes them as
 * text. Pure; the only files that use JSON on this connection.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/ledger.h"
#include "project/file-kind.h"

enum {
	WIRE_DEPTH_MAX = 8, /* the message itself is the first level */
	WIRE_URL_MAX = 4096, /* bytes, as are the next two */
	WIRE_STRING_MAX = 256,
	WIRE_PROFILE_MIN = 8,
	WIRE_PROFILE_MAX = 64,
	WIRE_NONCE_MIN = 16,
	WIRE_NONCE_MAX = 64,
	WIRE_ERROR_MAX = 256,
	WIRE_CHANGES_MAX = 16, /* of one `reload`; if there are more, none are sent */
	WIRE_PATH_MAX = 1024, /* bytes of a change's path */
	WIRE_UPDATERS_MAX = 8, /* servers in one `updates` */
	WIRE_PROBLEMS_MAX = 8, /* of one `problems` */
	WIRE_CHOICES_MAX = 9, /* projects in `choices` */
	WIRE_RULES_MAX = 16, /* rules in one `untrusted` */
	WIRE_PICTURE_MAX = 1400000, /* bytes of a picture in base64, all parts together */
	WIRE_PICTURE_PART_MAX = 12000, /* of one part */
	WIRE_PROBLEM_TEXT_MAX = 512, /* bytes of a problem's message, file and stack each */
};

/* Tab and event numbers: the range of integers that a JavaScript number holds exactly. */
#define WIRE_NUMBER_MAX ((UINT64_C(1) << 53) - 1)

/* The codes of an `error` message. */
#define WIRE_BAD_JSON "bad-json"
#define WIRE_BAD_MESSAGE "bad-message"
#define WIRE_BAD_ORDER "bad-order"
#define WIRE_TOO_MANY_TABS "too-many-tabs"
#define WIRE_UNCONFIRMED "unconfirmed"

enum wire_type {
	WIRE_IGNORED, /* of an unknown type */
	WIRE_HELLO,
	WIRE_WATCH,
	WIRE_UNWATCH,
	WIRE_REPORT,
	WIRE_PROBLEMS,
	WIRE_TRACK,
	WIRE_UPDATES,
	WIRE_TRUST,
	WIRE_PICTURE,
	WIRE_CHOOSE,
};

/* A problem in a page; the words are those of protocol/websocket.md. */
enum wire_problem_kind {
	WIRE_PROBLEM_ERROR, /* an uncaught error */
	WIRE_PROBLEM_REJECTION, /* a promise whose rejection nothing handles */
	WIRE_PROBLEM_RESOURCE, /* something that the page requested was not loaded */
	WIRE_PROBLEM_BLOCKED, /* blocked by the page's own policy */
	WIRE_PROBLEM_DOCUMENT, /* the page itself was answered with an error */
	WIRE_PROBLEM_CONSOLE, /* a call of console.error() */
	WIRE_PROBLEM_KINDS,
};

struct wire_problem {
	enum wire_problem_kind kind;
	char *message;
	char *file; /* a URL; NULL: unknown */
	uint64_t line, column; /* from 1; 0: unknown */
	char *stack; /* lines; NULL: none */
};

/* The known problems of the latest load of a tab. */
struct wire_problems {
	bool known; /* false: the extension has no permission for the page */
	struct wire_problem *items;
	size_t count;
	uint64_t more; /* how many more there were */
};

void wire_problems_clear(struct wire_problems *problems);
const char *wire_problem_kind_name(enum wire_problem_kind kind);

/* A dev server whose client in the page updates it: its name for display, and its port. */
struct wire_updater {
	char *who;
	uint16_t port;
};

struct wire_updates {
	bool known; /* false: the extension has no permission for the page */
	struct wire_updater items[WIRE_UPDATERS_MAX];
	size_t count;
};

void wire_updates_clear(struct wire_updates *updates);

/* A message from the browser. Strings that its type does not have are NULL. */
struct wire_message {
	enum wire_type type;

	char *browser; /* in hello */
	char *extension;
	char *profile;
	char *nonce; /* NULL: no proof is asked for */
	bool pair; /* whether the key is asked for */
	bool far; /* the browser runs on another machine */

	uint64_t tab; /* in watch, unwatch, report, problems, track, trust, choose, picture */
	uint16_t port; /* in choose */
	uint64_t revision; /* in trust */
	uint64_t request; /* in picture */
	char *part; /* base64; NULL: there is no picture */
	bool last; /* whether it is the last part */
	char *refusal; /* why there is no picture; NULL: there is a part */
	char *url; /* in watch */
	bool framed; /* in watch: it is a frame, in the tab or frame with this number: */
	uint64_t parent;

	uint64_t event; /* in report; in problems: the event of that load, or 0 */
	enum step_kind step; /* one that tabs report */
	char *detail; /* NULL: absent */

	struct wire_problems problems;
	struct wire_updates updates;
};

struct wire_error {
	const char *code; /* one of the codes above */
	char message[WIRE_ERROR_MAX]; /* "what: value: why", in UTF-8, one line */
};

/*
 * Returns 0 and the message, which wire_message_clear() frees, or -EBADMSG and the error.
 * `text` need not end with a NUL.
 */
int wire_parse(
	const char *text, size_t length, struct wire_message *message, struct wire_error *error);
/* Accepts a zeroed message; leaves it zeroed. */
void wire_message_clear(struct wire_message *message);

enum wire_tab_state {
	WIRE_TAB_LIVE,
	WIRE_TAB_LOOKING,
	WIRE_TAB_NONE,
	WIRE_TAB_WAITING, /* for its server, which is restarting */
	WIRE_TAB_DOWN, /* its server did not come back */
	WIRE_TAB_STATES,
};

struct wire_change {
	const char *path; /* relative to the project's root */
	enum file_kind kind;
	bool all; /* it may affect any of the page's files of this kind */
};

/* A failed build of the tab's project. */
struct wire_failure {
	uint64_t event; /* of the failure */
	const char *what, *said; /* how it ended, and its last lines */
};

/* Rules of a project's own file that have no effect, because the user has not trusted them. */
struct wire_untrusted {
	const char *project; /* its name, for display */
	char *const *rules;
	size_t count; /* if there are more than WIRE_RULES_MAX, none are sent */
	const char *command; /* that trusts them */
	uint64_t revision; /* of these rules; never 0 */
};

/* A project that the tab may show, and the port of its server. */
struct wire_choice {
	const char *project; /* its name, for display */
	uint16_t port;
	const char *socket; /* the path of its server's Unix socket, for display, or NULL */
	bool chosen; /* by the user */
};

/* What a tab shows. Pointers that are NULL are left out, except `reason`. */
struct wire_tab {
	uint64_t tab;
	enum wire_tab_state state;
	const char *project; /* NULL for WIRE_TAB_LOOKING and WIRE_TAB_NONE */
	const char *reason;
	const char *cause, *advice, *folder;
	uint16_t forwarded; /* 0: not known */
	uint64_t awaits; /* the event that it waits for, or 0; its subject, for display: */
	const char *subject;
	const struct wire_failure *failure; /* NULL: no build has failed */
	const struct wire_untrusted *untrusted;
	const struct wire_choice *choices; /* if it cannot be seen which project it shows */
	size_t choice_count;
	const char *const *problems; /* the sources to report, up to a NULL; NULL: the usual ones */
};

/* What tabs are to show. If `n_changes` is 0, any file may have changed. */
struct wire_reload {
	uint64_t event;
	const char *subject; /* for display; NULL: none */
	const struct wire_change *changes;
	size_t n_changes;
	bool unseen;  /* it cannot be seen whether the server has the new code */
	bool restarted; /* the server did: what it makes itself may have changed, too */
	/* the program that serves the whole page and reloads it, as the daemon knows; NULL: none */
	const char *aside;
	bool unpatched; /* pages must be reloaded, not patched */
	bool unshared; /* no file is left to what updates the page itself */
	unsigned old_msec; /* for how long the server may answer with old content; 0: it does not */
};

const char *wire_tab_state_name(enum wire_tab_state state);

/*
 * Messages to the browser, as JSON that the caller frees. Strings should be UTF-8; bytes
 * that are not become U+FFFD. `proof` and `key` (websocket/proof.h) may be NULL. The message of an
 * error may be longer than WIRE_ERROR_MAX.
 */
char *wire_encode_hello(
	const char *version, const char *instance, const char *proof, const char *key);
char *wire_encode_tab(const struct wire_tab *tab);
char *wire_encode_reload(const struct wire_reload *reload, const uint64_t *tabs, size_t n_tabs);
char *wire_encode_let_go(const uint64_t *tabs, size_t n_tabs, bool spare);
char *wire_encode_screenshot(uint64_t tab, uint64_t request);
char *wire_encode_ping(void);
char *wire_encode_error(const char *code, const char *message);
