/* SPDX-License-Identifier: MIT */
#pragma once

/* All of savecastd but its command line. */

struct daemon;

/*
 * Makes all parts and takes the name on the session bus. 0; -EEXIST if another
 * savecastd has it; else a negative errno. What is wrong has been logged. `daemon` is
 * the caller's to free in any case.
 */
int daemon_new(struct daemon **daemon);
/* Until it is asked to end, or the bus goes: 0; or a negative errno. */
int daemon_run(struct daemon *daemon);
void daemon_free(struct daemon *daemon);
