/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs a command as if the caller were not there: its standard streams and
 * signals pass through, and it has the terminal. Only its standard error is
 * listened to on the way: through a terminal of its own if ours is one, so that
 * the command's colours stay.
 */

#include "cli/run/ending.h"

enum {
	CHILD_NOT_EXECUTABLE = 126, /* as shells have it */
	CHILD_NOT_FOUND = 127,
	CHILD_SIGNALLED = 128, /* and the signal's number */
};

/*
 * Runs it to its end. Returns its exit status, as a shell would; or a negative
 * errno if no process could be made. `said` gets the end of its standard error.
 */
int child_run(char **command, struct ending *said);
