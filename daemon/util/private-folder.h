/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * The folder for the socket of savecastd's private bus: $XDG_RUNTIME_DIR/savecast, or
 * /tmp/savecast-UID where there is no runtime folder, as in most containers. Nobody else
 * may be able to put anything there: it must be a folder of this user's, mode 0700, and no
 * symbolic link. Returns NULL and why (the caller frees it) if it is not, or is not there
 * and not to be made.
 */
char *private_folder(bool make, char **why);
