/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"
#include "util/loop.h"

/*
 * The tracked projects on disk, so that they are still known after a restart of the daemon:
 * $XDG_STATE_HOME/savecast/projects.json,
 *
 *   {"sum": "0f34...", "version": 1, "next-id": 3,
 *    "projects": [{"id": 1, "root": "/home/me/potato"}]}
 *
 * Roots are written as pathname_to_text() returns them. Unknown keys are ignored. `sum` is
 * the checksum of the text after it; it may be missing. A file with a wrong checksum, or that
 * is not such an object, is renamed to projects.json.damaged (replacing an older one), which is
 * logged.
 */

struct state;
struct choices;
struct extensions;
struct restart_history;
struct trust;

/* `folder` is where the files are stored, or NULL if there is no such folder. */
struct state *state_new(struct loop *loop, const char *folder);
void state_free(struct state *state);

/*
 * Reads the file into the registry. Blocks; for start-up. Returns a negative errno if the file
 * exists but cannot be read now: storing would destroy its contents.
 */
int state_load(struct state *state, struct registry *registry);

/*
 * Called when the registry's contents at the time of the call are on disk, or with a
 * negative errno.
 */
typedef void state_stored_fn(int error, void *userdata);
void state_store(struct state *state, const struct registry *registry, state_stored_fn *stored,
	void *userdata);

/* The same for the rules that the user trusts, in trusted.json; see config/trust.h. */
int state_load_trust(struct state *state, struct trust *trust);
void state_store_trust(struct state *state, const struct trust *trust, state_stored_fn *stored,
	void *userdata);

/* The same for the extensions that may connect, in extensions.json; see browser/extensions.h. */
int state_load_extensions(struct state *state, struct extensions *extensions);
void state_store_extensions(struct state *state, const struct extensions *extensions,
	state_stored_fn *stored, void *userdata);

/* The same for the projects that the user has chosen for sites, in choices.json; see server/choices.h. */
int state_load_choices(struct state *state, struct choices *choices);
void state_store_choices(struct state *state, const struct choices *choices);

/* The same for the restart history, in learned.json; losing it is harmless. */
int state_load_history(struct state *state, struct restart_history *history);
void state_store_history(struct state *state, const struct restart_history *history);
