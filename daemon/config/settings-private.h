/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Shared by settings.c (the projects' files), settings-users.c (the user's file) and settings-trust.c
 * (what the user trusts).
 */

#include "config/config-text.h"
#include "config/file-watch.h"
#include "config/settings.h"

struct project_config {
	struct settings *settings;
	struct project *project;
	struct project_settings values;
	struct config_text own;
	struct withheld withheld;
	struct file_watch *watch; /* NULL until the project's mount has answered */
	struct project_config *next;
};

struct settings {
	struct registry *registry;
	settings_changed_fn *changed;
	void *userdata;
	const char *home;
	struct file_watcher *watcher;
	struct daemon_settings daemon;
	struct trust *trust;
	struct config_text users;
	bool unread; /* the mount of the user's file does not answer */
	char *folder; /* of the user's file; NULL: there is none */
	struct file_watch *watch; /* NULL until that folder exists */
	struct project_config *projects;
};

/* The one that points to the project's, or to NULL. */
struct project_config **settings_find_config(
	struct settings *settings, const struct project *project);

/* Whether the project's file can be read; false: its mount does not answer yet, and it is `unread`. */
bool project_config_ready(struct project_config *config);
/* Reads the project's file; see config_text_read(). */
enum config_found project_config_read(struct project_config *config, bool stays_so);
/* Makes the project's settings of what was read. */
void project_config_build(struct project_config *config);

/* settings-users.c: creates and watches the folder of the user's file, if its mount answers. */
void settings_watch_users(struct settings *settings);
/* Reads the user's file; see config_text_read(). */
enum config_found settings_read_users(struct settings *settings, bool stays_so);
/* Reads it again, and applies it. A file_watch_fn; `userdata` is the settings. */
bool settings_users_changed(bool stays_so, void *userdata);
