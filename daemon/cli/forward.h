/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * `savecast forward`: listens on a loopback port, and runs a command for each connection
 * of this user's processes. Standard input and output of the command lead to a savecastd
 * elsewhere (`savecast stdio`). Connections from other users' processes are reset before
 * a byte is read. Runs until SIGINT, SIGTERM or SIGHUP, and ends its commands then.
 */

#include <stdbool.h>
#include <stdint.h>

#include "cli/verb.h"

enum {
	FORWARD_PORT = 7284, /* unless another is asked for */
	FORWARD_CONNECTIONS_MAX = 32, /* further ones are reset; each takes a process and 128 KiB */
};

struct forward_options {
	const char *name;
	uint16_t port;
	char *const *command; /* ends with NULL */
	bool json;
};

enum exit_code forward_run(const struct forward_options *options);
