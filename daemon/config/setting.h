/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "config/problem-source.h"
#include "project/path-rule.h"
#include "server/url-pattern.h"

/*
 * The settings: their names, their values, their descriptions. Pure. The table in setting.c
 * is used for parsing, error texts and the reference in docs/savecast-config.md; a new key is a
 * field below and a row there. settings.h says where the values come from.
 */

enum { URL_RULES_MAX = 64 }; /* of one project */

struct url_rules {
	struct url_pattern *items;
	size_t count;
};

/* Which files are watched on disk. */
struct watch_rules {
	bool on, off; /* the last value; neither: on if inotify reports all writers */
	struct path_rules patterns; /* if there are any, only files that match */
};

/* Settings that each project can have. */
struct project_settings {
	struct url_rules url;
	struct path_rules ignore;
	struct path_rules include; /* with a base: path_rules_find_outside() */
	struct path_rules action;
	struct path_rules output;
	struct watch_rules watch;
	uint64_t watch_folders;
	uint64_t output_quiet;
	bool gitignored;
	bool unchanged;
	uint64_t restart_trial, restart_wait; /* in microseconds, like all times */
	uint64_t down_after, look_for;
	bool stand_aside;
	bool patch;
	problem_sources problems;
};

/* Settings of the daemon as a whole. */
struct daemon_settings {
	uint16_t port;
};

/* Initialise a zeroed struct with the defaults; clearing frees its contents. */
void project_settings_init(struct project_settings *settings);
void project_settings_clear(struct project_settings *settings);
void daemon_settings_init(struct daemon_settings *settings);

/* The defaults. Only for the loop's thread. */
const struct project_settings *project_settings_default(void);

struct setting;

/* By the name after "savecast.", in lower case; NULL if there is none. */
const struct setting *setting_find(const char *key);
const char *setting_key(const struct setting *setting);
/* Whether it is in struct daemon_settings. */
bool setting_is_daemons(const struct setting *setting);
/* Whether it can be given several times. */
bool setting_is_list(const struct setting *setting);
/* "a number from 1 to 65535" */
const char *setting_allowed(const struct setting *setting);

/* What is needed to interpret a value. */
struct setting_place {
	const char *root; /* the project's */
	const char *home; /* or NULL */
	/* A name with symbolic links resolved, which the caller frees, or NULL; NULL: they are not. */
	char *(*resolve)(const char *name);
};

/*
 * Sets a value in `settings`, a struct project_settings or daemon_settings. `value` is NULL
 * if the file has no "=". Returns false if the value is not allowed; if setting_allowed() does
 * not say enough, `why` is a constant text that does.
 */
bool setting_take(const struct setting *setting, void *settings, const char *value,
	const struct setting_place *place, const char **why);

/*
 * Whether a valid value is about more than the project's own folder: pages or files that
 * belong to others. In a project's own file, it takes effect only if the user trusts it (trust.h).
 */
bool setting_is_outside(
	const struct setting *setting, const char *value, const struct setting_place *place);

/* "url, ignore, ...", in the order of the reference. The caller frees it. */
char *setting_keys(void);

/* The reference of all keys, in Markdown, as it is in docs/savecast-config.md. */
void setting_document(FILE *to);
