/* SPDX-License-Identifier: MIT */
#pragma once

/* Command lines: all options, and the command line of a verb, parsed. */

#include "cli/verb.h"

/* An option. A verb lists the letters of those that it takes. */
struct option_row {
	char letter;
	bool is_short; /* also as -LETTER */
	const char *name;
	const char *argument; /* its argument's name in the help; NULL: it has none */
	const char *help;
};

enum { OPTION_COUNT = 13 };
extern const struct option_row option_rows[OPTION_COUNT];

bool option_is_taken(const struct option_row *row, const struct verb *verb);

/*
 * Reads the options of `verb`. argv[0] is the verb's name. Returns whether to run the
 * verb; if not, this has printed an error, or what --help or --version ask for, and
 * `code` is the exit code.
 */
bool arguments_read(struct arguments *args, const struct verb *verb, int argc, char **argv,
	enum exit_code *code);

/* A port: false unless `text` is a number from 1 to 65535. */
bool arguments_read_port(const char *text, uint16_t *port);

/* Prints "savecast: <text>" and where the help is; returns EXIT_CODE_USAGE. */
enum exit_code arguments_wrong(const struct verb *verb, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
