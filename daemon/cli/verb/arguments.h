/* SPDX-License-Identifier: MIT */
#pragma once

/* Command lines: what verbs take, and the help that says so. */

#include "cli/verb/verb.h"

/*
 * Reads the options of `verb`. argv[0] is the verb's name. Returns whether the
 * verb is to be run; if not, what was wrong or asked for (--help, --version) is
 * printed, and `code` is what to exit with.
 */
bool arguments_read(struct arguments *args, const struct verb *verb, int argc, char **argv,
	enum exit_code *code);

/* Prints "savecast: <text>" and where to read more; returns EXIT_CODE_USAGE. */
enum exit_code arguments_wrong(const struct verb *verb, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void arguments_print_help(const struct verb *verb);
void arguments_print_exit_codes(void);
void arguments_print_version(void);
