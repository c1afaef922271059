/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Programs that listen on behalf of another one, in a container or at the other end of a
 * tunnel. The folders behind them cannot be inspected, but their names can be shown.
 */

/* By the name of the command. Pure. */
bool forwarder_is_one(const char *name);

/*
 * Whether these arguments, each followed by a NUL, are those of a docker-proxy that listens
 * on the port. Pure.
 */
bool forwarder_names_port(const char *arguments, size_t length, uint16_t port);

/*
 * The name of the process, of any user, whose arguments say that it forwards this port; the
 * caller frees it. NULL if there is none. Reads /proc of every process: do not call it on
 * the loop's thread.
 */
char *forwarder_find(uint16_t port);
