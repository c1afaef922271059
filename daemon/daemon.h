/* SPDX-License-Identifier: MIT */
#pragma once

/* All of savecastd except its command line. */

struct daemon;

/*
 * Creates all modules and takes the name on the session bus. Returns 0; -EEXIST if another
 * savecastd has it; otherwise a negative errno. The error has been logged. The caller frees
 * `daemon` in any case.
 */
int daemon_new(struct daemon **daemon);
/* Runs until it is asked to end or the bus is gone: 0; or a negative errno. */
int daemon_run(struct daemon *daemon);
void daemon_free(struct daemon *daemon);
