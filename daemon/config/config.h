/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * The user's settings, $XDG_CONFIG_HOME/savecast/config, in git-config syntax:
 * `git config -f ~/.config/savecast/config savecast.port 7284` sets one. Read by
 * libgit2's parser, which is loaded only if the file is there. A key or value
 * that is wrong is said in the log and its default is used.
 *
 *   savecast.port    where browsers connect on 127.0.0.1 and ::1; 1 to 65535,
 *                    default 7283. The extension must be told the same one.
 *
 * The parser follows includes into any file, so the file is refused if it has
 * them, if it is no regular file of the user's own, or larger than 64 KiB.
 */

enum { CONFIG_BYTES_MAX = 64 * 1024, CONFIG_PORT_DEFAULT = 7283 };

struct config {
	uint16_t port;
};

/* `folder` is $XDG_CONFIG_HOME or its default; NULL gives the defaults. Blocks. */
void config_load(struct config *config, const char *folder);
