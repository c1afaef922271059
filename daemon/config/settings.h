/* SPDX-License-Identifier: MIT */
#pragma once

#include "config/setting.h"
#include "config/withheld.h"
#include "project/project.h"
#include "util/loop.h"

/*
 * The current settings: the user's $XDG_CONFIG_HOME/savecast/config and the .savecast in
 * each project's root, both in git-config syntax, and both read again when they change.
 * Keys and values: setting.h; for users: docs/savecast-config.md.
 *
 * For a project, the user's values for all projects come first, then those of the project's
 * own file, then the user's for this root, [savecast "ROOT"]. A later value replaces an
 * earlier one, or is added if a key can have several. A wrong value is logged, kept for
 * `savecast status`, and ignored.
 *
 * Rules of a project's own file that reach outside the project take effect only if the user trusts
 * them (trust.h); the others are project->withheld.
 *
 * A project's settings are project->settings, created and owned here. They may change
 * whenever the loop runs.
 */

#define PROJECT_FILE ".savecast"

struct settings;

/*
 * Called after settings have changed: those of one project, or of all (NULL) and possibly
 * the daemon's own.
 */
typedef void settings_changed_fn(struct project *project, void *userdata);

/*
 * Reads the user's file, and those of the projects in the registry. `folder` is
 * $XDG_CONFIG_HOME or its default; if it is NULL, all settings have their defaults.
 */
struct settings *settings_new(struct loop *loop, struct registry *registry, const char *folder,
	settings_changed_fn *changed, void *userdata);
void settings_free(struct settings *settings);

/*
 * The mount of the user's file has not answered for a second: says so, if it is to be read. A mount
 * answers: reads the files on it.
 */
void settings_mount_waits(struct settings *settings);
void settings_resume(struct settings *settings);

/* Adds the projects for which the user's file has a section. */
void settings_add_projects(struct settings *settings);

const struct daemon_settings *settings_of_daemon(const struct settings *settings);

/* A project was added to the registry, or is about to be removed. */
void settings_project_added(struct settings *settings, struct project *project);
/* The project's mount answers, so it is no longer `unread`: reads its settings. */
void settings_mount_answers(struct settings *settings, struct project *project);
void settings_project_removed(struct settings *settings, struct project *project);

/* A file was saved: if it is a settings file, it is read again now. */
void settings_saved(struct settings *settings, const char *name);

/*
 * A symbolic link was found on the way to files that its rules name: it may lead a rule out of the
 * project that did not reach outside before.
 */
void settings_link_found(struct settings *settings, struct project *project);
/* A mount that such a link may lead to answers. */
void settings_link_answers(struct settings *settings, struct project *project);

/* What the user trusts, which settings_trust() and settings_distrust() change. */
struct trust *settings_trusted(struct settings *settings);
/* It was changed otherwise: it has been read. */
void settings_trust_read(struct settings *settings);
/*
 * The user trusts this rule ("url = http://shop.test") of the project's own file, or with
 * NULL all that it has now and no others. Returns false if there is no room, see trust.h.
 */
bool settings_trust(struct settings *settings, struct project *project, const char *rule);
/*
 * Whether a rule of the project's file may reach outside, which is not known because a mount that a
 * link leads to does not answer. MOUNT_ANSWERS follows.
 */
bool settings_are_undecided(struct settings *settings, const struct project *project);
/* The user no longer trusts any rule of it. */
void settings_distrust(struct settings *settings, struct project *project);

/* Reads all files again, and watches those that could not be watched before. */
void settings_read_again(struct settings *settings);

/* The problems in the user's file, or in a project's own; UTF-8, borrowed. */
char *const *settings_problems(const struct settings *settings, size_t *count);
char *const *project_problems(const struct project *project, size_t *count);
