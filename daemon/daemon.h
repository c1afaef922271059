/* SPDX-License-Identifier: MIT */
#pragma once

/* All of savecastd except its command line. */

#include <stdbool.h>

struct daemon;

/*
 * Creates all modules and takes the name on the session bus. Returns 0; -EEXIST if another
 * savecastd has it; otherwise a negative errno. The error has been logged. The caller frees
 * `daemon` in any case. With `any_port`, it ignores the setting and listens on any free port:
 * programs that connect ask for the port over D-Bus.
 */
int daemon_new(struct daemon **daemon, bool any_port);
/* Runs until a signal ends it or the bus is gone: 0; or a negative errno. */
int daemon_run(struct daemon *daemon);
void daemon_free(struct daemon *daemon);
