/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A verb of the command line: savecast VERB. One file each, cli/verb-NAME.c;
 * savecast.c holds the table. Adding one is a file, a line here and a row there.
 */

#include <stdbool.h>

/* The exit codes of every verb; `savecast --help` tells them. */
enum exit_code {
	EXIT_CODE_DONE = 0,
	EXIT_CODE_REFUSED = 1, /* the daemon said no */
	EXIT_CODE_USAGE = 2, /* wrong command line */
	EXIT_CODE_UNREACHABLE = 3, /* no daemon, or no bus */
};

/* A command line after its verb was taken off, as arguments_read() leaves it. */
struct arguments {
	bool json;
	bool follow;
	bool from_stdin;
	unsigned number; /* -n, or EVENTS_DEFAULT */
	char **names; /* what is no option; borrowed from argv */
	int name_count;
};

enum {
	EVENTS_DEFAULT = 10, /* without -n */
	EVENTS_MAX = 256, /* the daemon keeps no more */
};

struct verb {
	const char *name;
	const char *synopsis; /* what follows the name */
	const char *summary; /* one line of `savecast --help` */
	const char *description; /* paragraphs of `savecast NAME --help` */
	const char *options; /* their letters, see arguments.c; "+" in front: none after a name */
	int names_min, names_max;
	enum exit_code (*run)(const struct verb *verb, const struct arguments *args);
};

extern const struct verb verb_save, verb_track, verb_untrack, verb_reload, verb_status, verb_log,
	verb_why, verb_run, verb_lsp;
