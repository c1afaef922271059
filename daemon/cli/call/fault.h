/* SPDX-License-Identifier: MIT */
#pragma once

/* What a D-Bus error means to a person. Pure. */

#include <stdbool.h>

enum call_result {
	CALL_DONE,
	CALL_REFUSED,	  /* the daemon said no */
	CALL_UNREACHABLE, /* nobody answered */
};

/*
 * Explains the error `name` with its text to a call of `member`. `why` reads
 * "<what>: <value>: <why>"; the caller frees it.
 */
enum call_result fault_explain(const char *member, const char *name, const char *text, char **why);

/* Whether the daemon went away over this call, so that once more is worth a try. */
bool fault_is_unanswered(const char *name);
