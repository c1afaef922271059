/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs a command as if it had been started directly: standard streams and signals pass
 * through, and it has the terminal. Only its standard error is read and passed on, through
 * a pseudo-terminal if ours is a terminal, so that the command still prints colours. It does the
 * I/O; output-tail.h, which keeps the lines, is pure.
 */

#include "cli/output-tail.h"

enum {
	CHILD_NOT_EXECUTABLE = 126, /* as shells have it */
	CHILD_NOT_FOUND = 127,
	CHILD_SIGNALLED = 128, /* and the signal's number */
};

/*
 * Runs it to its end. Returns its exit status as a shell would, or a negative errno if no
 * process could be started. `said` gets the last lines of its standard error.
 */
int child_run(char **command, struct output_tail *said);
