/* SPDX-License-Identifier: MIT */
#pragma once

#include "config/setting.h"

/*
 * What one configuration file says, checked: the values that are right, in their
 * order, and what is wrong with the others.
 */

enum { CONFIG_PROBLEMS_MAX = 16 }; /* kept and logged of one file */

struct config_entry {
	char *root; /* of a section [savecast "ROOT"], symbolic links resolved; NULL: for all */
	const struct setting *setting;
	char *value; /* NULL: no "=" */
};

struct config_text {
	char *file;
	bool is_users; /* else a project's own: no port, no sections for roots, no link */
	struct config_entry *entries;
	size_t count;
	char *problems[CONFIG_PROBLEMS_MAX]; /* UTF-8, "<file>: line N: <key>: <value>: <why>" */
	size_t problem_count;
};

void config_text_init(struct config_text *text, const char *file, bool is_users);
void config_text_clear(struct config_text *text);

enum config_found {
	CONFIG_THERE, /* though it may say nothing that is right */
	CONFIG_EMPTY, /* nothing is in it */
	CONFIG_GONE,
};

/*
 * Reads the file (anew), and logs what is wrong and was not before. A file that cannot be read or
 * parsed leaves the values as they were; so does one that is empty or gone, unless it
 * `stays_so`. Blocks for the disk.
 */
enum config_found config_text_read(
	struct config_text *text, const struct setting_place *place, bool stays_so);

/* Puts the values for `root` (NULL: those for all) into `settings`, of the kind asked for. */
void config_text_apply(const struct config_text *text, const char *root, bool daemons,
	void *settings, const struct setting_place *place);
