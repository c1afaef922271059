/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/fileset.h"
#include "readiness/restart-history.h"

/*
 * Which lesson the saves are that one server's gate waits for, or watches it
 * after: those of their suffixes; and of the file, if it is one alone. A file that
 * was seen to restart the server, or not to, is known better than its suffix: a
 * program and what it serves may have the same one. Pure.
 */

enum { RESTART_SAMPLE_SUFFIXES_MAX = 8 }; /* further ones teach nothing */

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
 * before a question, and that before none. `delay`, with RESTART_EXPECTED, is how long
 * it may take to show: of a file that has done it before, as long as it may ever.
 */
enum restart_prediction restart_sample_add(struct restart_sample *sample,
	const struct restart_history *history, const char *root, const char *server,
	const struct fileset *files, uint64_t *delay);

/* The answer. Returns whether anything that is worth storing was learned. */
bool restart_sample_add_restart(const struct restart_sample *sample,
	struct restart_history *history, const char *root, const char *server, uint64_t delay);
bool restart_sample_add_none(const struct restart_sample *sample, struct restart_history *history,
	const char *root, const char *server);
