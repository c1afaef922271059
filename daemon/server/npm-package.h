/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The npm package that has this script as a program. Reads the disk, but not on a mount that may
 * not answer (see mounts.h).
 *
 * `script` is as on a command line, relative to `folder`. The package is the one of the nearest
 * package.json above the script, links resolved, that has a name. Returns its name, which the
 * caller frees; "" if the script is the site's own: its package does not list it in `bin` and is
 * not installed below a node_modules; NULL if there is no such file or it cannot be read.
 */
char *npm_package_of(const char *script, const char *folder);
