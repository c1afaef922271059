/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/fileset.h"
#include "readiness/restart-history.h"
#include "server/program-traits.h"

/*
 * Which lesson the saves are that one server's gate waits for, or watches it
 * after: those of their suffixes; and of the file, if it is one alone. A file that
 * was seen to restart the server, or not to, is known better than its suffix: a
 * program and what it serves may have the same one. Pure.
 */

enum { RESTART_SAMPLE_SUFFIXES_MAX = 8 }; /* further ones teach nothing */

/* Whose saves they are. All borrowed. */
struct restart_subject {
	const char *root; /* the project's */
	const char *server; /* the key of its lessons */
	const struct program_traits *traits; /* what the table of programs says of it */
};

struct restart_sample {
	char suffixes[RESTART_SAMPLE_SUFFIXES_MAX][RESTART_HISTORY_SUFFIX_MAX];
	size_t suffix_count;
	char *file; /* the only one so far, or NULL */
	bool several;
};

/* Nothing is asked any more. */
void restart_sample_clear(struct restart_sample *sample);

/*
 * These were saved too: what is known of them, all together; a known restart counts
 * before old answers, these before a question, and that before none. `delay`, with
 * RESTART_EXPECTED, is how long its sign may take, with RESTART_OLD how long the old answers.
 */
enum restart_prediction restart_sample_add(struct restart_sample *sample,
	const struct restart_history *history, const struct restart_subject *subject,
	const struct fileset *files, uint64_t *delay);

/* The answer. Returns whether anything that is worth storing was learned. */
bool restart_sample_add_restart(const struct restart_sample *sample,
	struct restart_history *history, const struct restart_subject *subject, uint64_t delay,
	bool proven);
bool restart_sample_add_none(const struct restart_sample *sample, struct restart_history *history,
	const struct restart_subject *subject);
