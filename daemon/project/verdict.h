/* SPDX-License-Identifier: MIT */
#pragma once

#include "config/setting.h"

/*
 * Decides what a save of a file means in a project, only from its name and the project's
 * settings. Pure. intake.h also checks .gitignore.
 */

struct verdict {
	char *ignored;		       /* why a save of it is ignored; NULL: it is not */
	const struct path_rule *rule; /* of `savecast.action`, borrowed; NULL: none matches */
	bool wanted;		       /* it is an output, so .gitignore is not checked */
};

/* `name` is relative to the project's root, or absolute without its first slash. */
void verdict_find(
	const struct project_settings *settings, const char *name, struct verdict *verdict);
/* Whether a change on disk counts as a save of the file: `savecast.watch`. */
bool verdict_watches(const struct project_settings *settings, const char *name);
void verdict_clear(struct verdict *verdict);
