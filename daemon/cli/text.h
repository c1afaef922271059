/* SPDX-License-Identifier: MIT */
#pragma once

/* Texts for a terminal. Pure. The caller frees what is returned. */

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/*
 * The text, in which everything is escaped that could control a terminal or mislead its
 * reader: control characters, changes of writing direction, invalid UTF-8. Examples: \n, \t,
 * \e, \x9f, \u202e. Backslashes stay as they are.
 */
char *text_safe(const char *bytes);

/* "0.3 ms", "1234.5 ms" */
char *text_msec(uint64_t usec);

/* Local time: "14:03:22.418"; with the date before it unless that is the day of `now_wall_usec`. */
char *text_clock(uint64_t wall_usec, uint64_t now_wall_usec);

/* "1 tab", "2 tabs" */
char *text_count(uint64_t n, const char *noun);

/*
 * A file name of the D-Bus API (a path or a file: URI) as text_safe() text, relative to
 * `root` if it is below it. `root` may be NULL.
 */
char *text_name(const char *name, const char *root);

/* The home folder written as "~". `home` may be NULL. */
char *text_home(const char *name, const char *home);

/*
 * Breaks a text at spaces into lines of at most `width` columns. All lines except the first
 * begin with `indent` spaces, which count; `used` columns of the first line are already used.
 * A word that is longer than a line is not broken.
 */
char *text_wrap(const char *text, size_t width, size_t indent, size_t used);

/*
 * The text cut at its beginning to `columns`, including "..." in front; never to fewer than
 * TEXT_SHORTEST columns.
 */
char *text_shorten(const char *text, size_t columns);

enum { TEXT_SHORTEST = 12 };

/* How many columns it takes, if each character takes one. */
size_t text_columns(const char *text);

/* The string `key` of an object, borrowed; "" if there is none. */
const char *text_of(const json_t *object, const char *key);
