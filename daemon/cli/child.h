/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs a command as if it had been started directly: standard streams and signals pass
 * through, and it has the terminal. Only its standard error is read and passed on, through
 * a pseudo-terminal if ours is a terminal, so that the command still prints colours. It does the
 * I/O; output-tail.c, which keeps the lines, is pure.
 */

#include <stddef.h>

enum {
	CHILD_NOT_EXECUTABLE = 126, /* as shells have it */
	CHILD_NOT_FOUND = 127,
	CHILD_SIGNALLED = 128, /* and the signal's number */
};

/* output-tail.c: the last lines that a command wrote, as text for display. */

enum { OUTPUT_TAIL_BYTES_MAX = 4096 };

struct output_tail {
	char bytes[OUTPUT_TAIL_BYTES_MAX];
	size_t length;
};

void output_tail_add(struct output_tail *tail, const char *bytes, size_t length);

/*
 * The lines as UTF-8, without escape sequences and control characters, and without text that
 * a carriage return has overwritten. If the beginning of the first line is missing, the line
 * is left out, unless it is the only one. The caller frees it.
 */
char *output_tail_text(const struct output_tail *tail);

/*
 * Runs it to its end. Returns its exit status as a shell would, or a negative errno if no
 * process could be started. `said` gets the last lines of its standard error.
 */
int child_run(char **command, struct output_tail *said);
