/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * The kernel knows a Unix socket by the name that its server has bound it to, which may be relative to that
 * server's working folder (gunicorn --bind unix:app.sock), and by the inode of its file.
 */

enum { UNIX_NAME_MAX = 108 }; /* with the NUL */

/*
 * Makes a relative name absolute, by the working folder of a process of our own user in which it is this
 * file. False if there is none, or if the name becomes too long. Takes microseconds for each process.
 */
bool unix_name_resolve(char name[UNIX_NAME_MAX], uint32_t file);
/* Whether a socket that is bound to `bound` has this absolute name. */
bool unix_name_is(const char *bound, uint32_t file, const char *name);
