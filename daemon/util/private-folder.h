/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * The folder for the socket of savecastd's private bus: $XDG_RUNTIME_DIR/savecast, or
 * /tmp/savecast-UID if there is no runtime folder, as in most containers. Other users must not
 * be able to put files there: it must be a folder of this user with mode 0700, not a symbolic
 * link. With `make`, creates it. Returns NULL and why (the caller frees it) if it cannot be used.
 */
char *private_folder(bool make, char **why);
