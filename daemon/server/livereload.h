/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/*
 * Dev servers that speak to their pages themselves (Vite, webpack-dev-server, Next,
 * Hugo...), by their command line: the programs and their words are a table in the
 * .c file. Pure. One that is built into somebody's own program is not known.
 */

/*
 * `bytes` are those of /proc/PID/cmdline: arguments, each with a NUL behind it.
 * Returns what people call the server, a constant; NULL if it is none of these, or
 * was told not to.
 */
const char *livereload_of(const char *bytes, size_t length);
