/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The script that an interpreter runs: some frameworks for Python restart their program in the same
 * process. Only the text of the script shows that, not its arguments or environment.
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
