/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by git-guard.c and git-guard-config.c, which checks what a configuration names. */

#include <stdbool.h>

enum { GUARD_DEPTH_MAX = 10 }; /* of files that include each other: libgit2's own limit */

struct guard {
	char *why; /* what is wrong; NULL: nothing is */
	char *waits; /* a name on a remote mount that this thread must not read; NULL: none was found */
};

/* Sets `waits`; returns false. */
bool guard_waits(struct guard *guard, const char *name);

/*
 * Whether the files that a configuration names may be read, and those that these include. The file
 * itself must have been checked; it may be missing.
 */
bool guard_config(struct guard *guard, const char *name, unsigned depth);
