/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * `savecast stdio`: the far end of `savecast forward`. Passes bytes between standard
 * input and output and a connection to the daemon's WebSocket port, until either
 * side ends.
 */

#include <stdint.h>

#include "util/clock.h"
#include "cli/verb.h"

/* How long the daemon has to close the connection after standard input has ended. */
#define STDIO_END_USEC (5 * CLOCK_USEC_PER_SEC)

/* Connects to this loopback port and passes bytes. Prints an error if it cannot connect. */
enum exit_code stdio_run(uint16_t port);
