/* SPDX-License-Identifier: MIT */
#pragma once

/* Errors of the command line: printed, and explained if D-Bus has them. */

#include <stdbool.h>

/*
 * Prints "savecast: <what>: <value>: <why>" on standard error, always on one line:
 * control characters are escaped.
 */
void error_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How a call to the daemon ended. */
enum call_result {
	CALL_DONE,
	CALL_REFUSED,	  /* the daemon returned an error */
	CALL_UNREACHABLE, /* no reply came */
};

/*
 * Explains the D-Bus error `name` with its text. `why` reads "<what>: <value>: <why>"; the
 * caller frees it. Pure.
 */
enum call_result error_explain(const char *name, const char *text, char **why);

/* Whether the daemon ended before it answered, so that the call can be made once more. */
bool error_is_unanswered(const char *name);
