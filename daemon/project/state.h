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

/* What the files have the contents of; borrowed until state_free(). */
struct state_objects {
	struct registry *registry; /* projects.json: those that are tracked */
	struct restart_history *history; /* learned.json; losing it is harmless */
	struct trust *trust; /* trusted.json: the rules that the user trusts; see config/trust.h */
	struct extensions *extensions; /* extensions.json: those that may connect */
	struct choices *choices; /* choices.json: projects that the user has chosen for sites */
};

/*
 * Reads the files into the objects; for start-up. Returns a negative errno if a file exists but
 * cannot be read now: storing would destroy its contents. Files on a mount that does not answer
 * are `unread`: they are not written before they are read.
 */
int state_load(struct state *state, const struct state_objects *objects);
bool state_is_unread(const struct state *state);
/* That files are unread, for display, UTF-8; the caller frees it. NULL: none are. */
char *state_problem(const struct state *state);
/*
 * The mount may answer: adds the contents of the unread files to the objects, and writes what has
 * changed meanwhile. True: none is unread any more; otherwise MOUNT_ANSWERS follows.
 */
bool state_load_rest(struct state *state);

/*
 * Called when the object's contents at the time of the call are on disk, or with a
 * negative errno. A worker writes one file at a time, with all the changes until then.
 */
typedef void state_stored_fn(int error, void *userdata);
void state_store(struct state *state, state_stored_fn *stored, void *userdata);
void state_store_trust(struct state *state, state_stored_fn *stored, void *userdata);
void state_store_extensions(struct state *state, state_stored_fn *stored, void *userdata);
void state_store_choices(struct state *state);
void state_store_history(struct state *state);
/* After the last job: calls stored() for what could not be written. */
void state_finish(struct state *state);
