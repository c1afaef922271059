/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { FORWARD_NAME_MAX = 64 };

/* Letters, digits, ".", "_" and "-"; not "-" first. */
bool forward_name_is_valid(const char *name);

/*
 * A section [forward "NAME"] of the user's own configuration file:
 *
 *     [forward "devbox"]
 *             command = ssh devbox savecast stdio
 *             port = 7284
 *
 * `command` is run by /bin/sh. `port` may be missing.
 */
struct forward_config {
	char *command; /* NULL: not set */
	uint16_t port; /* 0: not set */
};

/*
 * Reads the section of `name`; the caller clears `config` in any case. Returns 0, also if
 * there is no section or no file; or a negative errno and why (the caller frees it).
 */
int forward_config_read(struct forward_config *config, const char *name, char **why);
void forward_config_clear(struct forward_config *config);
