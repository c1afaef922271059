/* SPDX-License-Identifier: MIT */
#pragma once

#include "config/setting.h"

/*
 * What a save of a file would mean in a project, by its name and the project's
 * settings alone. Pure. What .gitignore says comes on top, from intake.h.
 */

struct verdict {
	char *ignored;		       /* why it is no save worth a reload; NULL: it is one */
	const struct path_rule *rule; /* of `savecast.action`, borrowed; NULL: none fits */
	bool wanted;		       /* it is an output: .gitignore is not asked */
};

/* `name` is relative to the project's root, or absolute without its first slash. */
void verdict_find(
	const struct project_settings *settings, const char *name, struct verdict *verdict);
void verdict_clear(struct verdict *verdict);
