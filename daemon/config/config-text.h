/* SPDX-License-Identifier: MIT */
#pragma once

#include "config/setting.h"

/*
 * The contents of one configuration file, checked: the valid values, in order, and the
 * problems with the others.
 */

enum { CONFIG_PROBLEMS_MAX = 16 }; /* of one file, kept and logged */

struct config_entry {
	/* of a section [savecast "ROOT"], symbolic links resolved; NULL: for all projects */
	char *root;
	const struct setting *setting;
	char *value; /* NULL: without "=" */
	bool outside; /* of a project's file: the user must trust it (setting_is_outside()) */
	bool withheld; /* the user does not trust it: it is not applied */
};

/* "url = http://shop.test". The caller frees it. */
char *config_entry_rule(const struct config_entry *entry);

struct config_text {
	char *file;
	/*
	 * it is the user's own file; otherwise a project's, which may not set the port, have
	 * sections for roots, or be a symbolic link
	 */
	bool is_users;
	bool undecided; /* a mount does not answer: an entry may be `outside` although it is not set */
	struct config_entry *entries;
	size_t count;
	char *problems[CONFIG_PROBLEMS_MAX]; /* UTF-8, "<file>: line N: <key>: <value>: <why>" */
	size_t problem_count;
};

void config_text_init(struct config_text *text, const char *file, bool is_users);
void config_text_clear(struct config_text *text);

enum config_found {
	CONFIG_THERE, /* it exists, even if it has no valid value */
	CONFIG_EMPTY, /* it is empty */
	CONFIG_GONE,
	CONFIG_WAITS, /* its mount does not answer: the values stay as they were */
};

/*
 * Reads the file (again), and logs new problems. If the file cannot be read or parsed, the
 * values stay as they were. So they do if it is empty or missing, unless that `stays_so` (see
 * config/file-watch.h).
 */
enum config_found config_text_read(
	struct config_text *text, const struct setting_place *place, bool stays_so);

/* The file's mount has not answered for a second: the only problem is that, until it is read. */
void config_text_waits(struct config_text *text);

/*
 * Sets the values for `root` (NULL: those for all projects) in `settings`, which is a struct
 * daemon_settings if `daemons`, otherwise a struct project_settings. Values that are `withheld`
 * are left out.
 */
void config_text_apply(const struct config_text *text, const char *root, bool daemons,
	void *settings, const struct setting_place *place);
