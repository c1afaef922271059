/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Rules about files: a pattern (see glob.h) and what it means for the files that match.
 * Pure. A list is in the order of the settings; the last rule that matches applies.
 */

enum { PATH_RULES_MAX = 256 }; /* of one key of one project */

/* What a save of the file does to a tab. */
enum action {
	ACTION_DEFAULT, /* decided by the kind of file */
	ACTION_PAGE,	/* reload the page */
	ACTION_CSS,	/* replace style sheets */
	ACTION_IMAGE,	/* replace images */
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

/* Each returns whether the value was valid and was added; if not, `why` is a constant text. */
bool path_rules_add(struct path_rules *rules, const char *pattern, const char **why);
/* "ACTION PATTERN" */
bool path_rules_add_action(struct path_rules *rules, const char *value, const char **why);
/*
 * A pattern for files outside the root: absolute, "~/..." below `home` (which may be NULL), or
 * relative to `root`, possibly with leading "../".
 */
bool path_rules_add_outside(struct path_rules *rules, const char *pattern, const char *root,
	const char *home, const char **why);

/* The last rule that matches, or NULL. `name` is relative to the folder of the rules. */
const struct path_rule *path_rules_find(const struct path_rules *rules, const char *name);
/* The same for rules with a base; `name` is absolute. */
const struct path_rule *path_rules_find_outside(const struct path_rules *rules, const char *name);
/*
 * The folder of the files that a rule with a base can match: the base, and the folders of the
 * pattern before its first special character. `deep`: also files in folders below it.
 * Without a special character it may be the file itself. The caller frees it.
 */
char *path_rule_folder(const struct path_rule *rule, bool *deep);

const char *action_name(enum action action);
