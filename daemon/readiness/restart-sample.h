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

enum { QUESTION_SUFFIXES_MAX = 8 }; /* further ones teach nothing */

struct question {
	char suffixes[QUESTION_SUFFIXES_MAX][LEARNED_SUFFIX_MAX];
	size_t suffix_count;
	char *file; /* the only one so far, or NULL */
	bool several;
};

/* Nothing is asked any more. */
void question_clear(struct question *question);

/*
 * These were saved too: what is known of them, all together; a known restart counts
 * before a question, and that before none. `delay`, with GATE_RESTARTS, is how long
 * it may take to show: of a file that has done it before, as long as it may ever.
 */
enum gate_lore question_add(struct question *question, const struct learned *learned,
	const char *root, const char *server, const struct fileset *files, uint64_t *delay);

/* The answer. Returns whether anything that is worth storing was learned. */
bool question_restarts(const struct question *question, struct learned *learned, const char *root,
	const char *server, uint64_t delay);
bool question_stays(const struct question *question, struct learned *learned, const char *root,
	const char *server);
