/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Rules about files, each a pattern (see glob.h) and what it means for what it
 * fits. Pure. A list is in the order of the settings; the last rule that fits is
 * the one that counts.
 */

enum { PATH_RULES_MAX = 256 }; /* of one key of one project */

/* What a save of the file does to a tab. */
enum action {
	ACTION_DEFAULT, /* what the kind of file asks for */
	ACTION_PAGE,	/* reload the page */
	ACTION_CSS,	/* swap style sheets */
	ACTION_IMAGE,	/* swap images */
	ACTION_NONE,	/* nothing */
};

struct path_rule {
	char *text; /* as it was written */
	const char *pattern; /* in `text` */
	enum action action; /* of `savecast.action` */
	char *base; /* of `savecast.include`: the folder that the pattern belongs to */
};

struct path_rules {
	struct path_rule *items;
	size_t count;
};

void path_rules_clear(struct path_rules *rules);

/* Each returns whether the value was right and taken; why, a constant text, if not. */
bool path_rules_add(struct path_rules *rules, const char *pattern, const char **why);
/* "ACTION PATTERN" */
bool path_rules_add_action(struct path_rules *rules, const char *value, const char **why);
/*
 * A pattern that may leave the root: absolute, "~/..." below `home` (may be
 * NULL), or relative to `root`, which "../" in front goes up from.
 */
bool path_rules_add_outside(struct path_rules *rules, const char *pattern, const char *root,
	const char *home, const char **why);

/* The last rule that fits, or NULL. `name` is relative to the folder of the rules. */
const struct path_rule *path_rules_find(const struct path_rules *rules, const char *name);
/* The same for rules with a base; `name` is absolute. */
const struct path_rule *path_rules_find_outside(const struct path_rules *rules, const char *name);

const char *action_name(enum action action);
