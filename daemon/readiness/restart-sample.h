/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/fileset.h"
#include "readiness/restart-history.h"
#include "server/program-traits.h"

/*
 * The files of the saves for which one server's gate waits, or after which it watches the
 * server: their suffixes, and the file itself if it is only one. A lesson about the file
 * overrides the lesson about its suffix, because a program and the files that it serves may
 * have the same suffix. Pure.
 */

enum { RESTART_SAMPLE_SUFFIXES_MAX = 8 }; /* further ones are not recorded */

/* The server and the project of the saves. All borrowed. */
struct restart_subject {
	const char *root; /* the project's */
	const char *server; /* the key of its lessons */
	const struct program_traits *traits; /* from the table of programs */
	bool watches; /* one of its processes has an inotify watch on one of the files */
	bool supervised; /* one of its processes has started another one to serve */
};

/* Whether `watches` matters for a file of this suffix: it costs a look at the processes. */
bool restart_subject_asks_watches(const struct program_traits *traits, const char *suffix);

struct restart_sample {
	char suffixes[RESTART_SAMPLE_SUFFIXES_MAX][RESTART_HISTORY_SUFFIX_MAX];
	size_t suffix_count;
	char *file; /* the only file so far, or NULL */
	bool several;
	bool likely; /* one of them may be part of the program; not just files that it serves */
};

/* Ends the sample. */
void restart_sample_clear(struct restart_sample *sample);

/*
 * Adds files that were saved. Returns the prediction for all of them together. Precedence:
 * RESTART_EXPECTED, RESTART_OLD, RESTART_UNKNOWN, RESTART_NONE. `delay` is, with
 * RESTART_EXPECTED, how long the sign may take; with RESTART_OLD, how long the old answers last.
 */
enum restart_prediction restart_sample_add(struct restart_sample *sample,
	const struct restart_history *history, const struct restart_subject *subject,
	const struct fileset *files, uint64_t *delay);

/*
 * How sure it is that the sample has caused a restart. A user's restart, or another save, may explain
 * it, too: files that are no part of the program then teach nothing.
 */
enum restart_proof {
	RESTART_BY_USER, /* the user may have restarted the server */
	RESTART_EXPLAINED, /* a likelier save, which is no longer in the sample, came shortly before */
	RESTART_PROVEN,
};

/* Records the result of the sample. Returns whether the history should be stored again. */
bool restart_sample_add_restart(const struct restart_sample *sample,
	struct restart_history *history, const struct restart_subject *subject, uint64_t delay,
	enum restart_proof proof);
bool restart_sample_add_none(const struct restart_sample *sample, struct restart_history *history,
	const struct restart_subject *subject);
