/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The script that an interpreter runs. It shows what the arguments and the environment do not:
 * that a framework for Python restarts its program in the same process, or which npm package
 * the program is from.
 */

enum { PROGRAM_SCRIPT_MAX = 64 * 1024 }; /* bytes of a script that are read */

/*
 * The script of `python3 app.py` or `python3 -m app`, absolute, or NULL; the caller frees it.
 * `bytes` are the contents of /proc/PID/cmdline, `folder` is the working directory of the process.
 * Pure.
 */
char *program_script_name(const char *bytes, size_t length, const char *folder);

/*
 * Whether the script switches on a reloader. Reads the file: for the worker thread, and only if
 * the file is local. False if it cannot be read.
 */
bool program_script_reloads(const char *script);

/* The same for the text of a script. Pure. */
bool program_script_text_reloads(const char *text, size_t length);

/*
 * npm-package.c: the npm package that has this script as a program. Reads the disk, but not on a
 * mount that may not answer (see mounts.h).
 *
 * `script` is as on a command line, relative to `folder`. The package is the one of the nearest
 * package.json above the script, links resolved, that has a name. Returns its name, which the
 * caller frees; "" if the script is the site's own: its package does not list it in `bin` and is
 * not installed below a node_modules; NULL if there is no such file or it cannot be read.
 */
char *npm_package_of(const char *script, const char *folder);
