/* SPDX-License-Identifier: MIT */
#pragma once

/* Texts for a terminal. Pure. The caller frees what is returned. */

#include <stddef.h>
#include <stdint.h>

/*
 * The same bytes, but what would steer a terminal or mislead its reader (control
 * characters, changes of writing direction, bytes that are no UTF-8) is escaped:
 * \n, \t, \e, \x9f, \u202e. Backslashes stay as they are.
 */
char *text_safe(const char *bytes);

/* "0.3 ms", "1234.5 ms" */
char *text_msec(uint64_t usec);

/* Local time: "14:03:22.418", with the date in front if it is not the day of `now_usec`. */
char *text_clock(uint64_t wall_usec, uint64_t now_wall_usec);

/* "1 tab", "2 tabs" */
char *text_count(uint64_t n, const char *noun);

/*
 * A name of the D-Bus API (a path or a file: URI), for a person: relative to
 * `root` if it is below it, and safe. `root` may be NULL.
 */
char *text_name(const char *name, const char *root);

/* The home folder written as "~". `home` may be NULL. */
char *text_home(const char *name, const char *home);

/*
 * Breaks a text at spaces into lines of at most `width` columns; all but the
 * first begin with `indent` spaces, which count. `used` columns of the first
 * line are taken already. Longer words stand out.
 */
char *text_wrap(const char *text, size_t width, size_t indent, size_t used);

/*
 * Its last characters, "..." in front, so that it takes at most so many columns;
 * never fewer than TEXT_SHORTEST.
 */
char *text_shorten(const char *text, size_t columns);

enum { TEXT_SHORTEST = 12 };

/* How many columns it takes, if each character takes one. */
size_t text_columns(const char *text);
