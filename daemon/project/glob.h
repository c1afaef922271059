/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Patterns of file names, as in .gitignore. Pure. A name is relative to the folder that the
 * pattern belongs to: "src/app/style.css".
 *
 *   *.css        no slash inside: any file or folder with this name, at any depth
 *   /dist        a slash at the start or inside: relative to the folder itself
 *   dist/        a slash at the end: a folder, so everything in it
 *   *  ?         any characters, one character; never a slash
 *   [a-z] [!a]   one of these, none of these; never a slash
 *   a / ** / b   (without the spaces) any number of folders in between; "**" also at
 *                the start and the end. Elsewhere it is the same as "*".
 *   \*           the character itself
 *
 * A pattern that matches a folder matches everything below it. There is no leading "!".
 * This is our own matcher because those of libgit2 and the C library take exponential time
 * on hostile patterns; this one takes at most about 2 * GLOB_STARS_MAX steps a character.
 */

#include <stdbool.h>

enum {
	GLOB_MAX = 256,	     /* bytes of a pattern */
	GLOB_STARS_MAX = 16, /* runs of stars; limits the states that are tried per character */
};

/* Whether it is a valid pattern; if not, `why` is a constant text. */
bool glob_check(const char *pattern, const char **why);

/* Whether a valid pattern matches the name; false for an invalid one. */
bool glob_matches(const char *pattern, const char *name);
