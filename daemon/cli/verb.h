/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The verb table: the commands `savecast VERB`. A verb is a struct verb, defined beside its
 * code in a cli/verb-*.c, and its name in VERBS below. Everything else follows from it:
 * parsing, --help, the shell completions and the verb's part of savecast(1), which the
 * build makes from `savecast --help --json`.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which they are shown. */
#define VERBS(each)                                                                                \
	each(save) each(track) each(untrack) each(reload) each(run) each(status) each(log)         \
		each(why) each(check) each(set) each(trust) each(pair) each(lsp) each(mcp) each(forward) each(stdio)

/* The exit codes of every verb; help.c has the words for them. */
enum exit_code {
	EXIT_CODE_DONE = 0,
	EXIT_CODE_REFUSED = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_UNREACHABLE = 3,
};

/* A command line without its verb, as arguments_read() leaves it. */
struct arguments {
	bool json;
	bool follow;
	bool from_stdin;
	bool project;
	bool unset;
	bool revoke;
	bool deleted;
	bool all;
	bool wait;
	unsigned number; /* -n, or EVENTS_DEFAULT */
	uint16_t port;	 /* --port; 0: not given */
	char **names;	 /* the arguments that are not options; borrowed from argv */
	int name_count;
};

enum {
	EVENTS_DEFAULT = 10, /* without -n */
	EVENTS_MAX = 256,    /* the daemon keeps no more */
	NAMES_NO_LIMIT = 1 << 30,
};

/* What the arguments of a verb are, so that a shell can complete them. */
enum verb_takes {
	VERB_TAKES_NOTHING,
	VERB_TAKES_FILES,
	VERB_TAKES_FOLDER,
	VERB_TAKES_FILE_OR_URL,
	VERB_TAKES_COMMAND,
	VERB_TAKES_NAME_AND_COMMAND, /* NAME -- COMMAND */
	VERB_TAKES_SETTING, /* its name, and then a value */
};

/*
 * The texts are Markdown with only two forms: `code`, and blocks of code, indented by four
 * spaces. They are wrapped when they are shown.
 */
struct verb {
	const char *name;
	const char *synopsis; /* what follows the name; one line for each form */
	const char *summary;  /* a few words */
	const char *description;
	const char *examples; /* command lines, one a line; or NULL */
	/* letters of options in arguments.c; with a leading "+", options end at the first name */
	const char *options;
	enum verb_takes takes;
	int names_min, names_max;
	enum exit_code (*run)(const struct verb *verb, const struct arguments *args);
};

#define VERB_DECLARE(name) extern const struct verb verb_##name;
VERBS(VERB_DECLARE)
