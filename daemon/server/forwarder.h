/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Programs that listen for somebody else: a container's, a tunnel's. Whose folders
 * the pages come from cannot be seen through them, but their names can be said.
 */

/* Pure: by the name of its command. */
bool forwarder_is_one(const char *name);

/*
 * Pure: whether these arguments, each with a NUL behind it, are docker-proxy's and
 * say that it listens on the port.
 */
bool forwarder_names_port(const char *arguments, size_t length, uint16_t port);

/*
 * The name of the process, of any user, that says in its arguments that it forwards
 * this port; the caller frees it. NULL if there is none. Walks over all processes:
 * not for the loop's thread.
 */
char *forwarder_find(uint16_t port);
