/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Patterns of file names, as in .gitignore. Pure. A name is relative to the
 * folder that the pattern belongs to: "src/app/style.css".
 *
 *   *.css        no slash inside: any file or folder of that name, at any depth
 *   /dist        a slash in front or inside: counted from the folder itself
 *   dist/        a slash at the end: a folder, so what is in it
 *   *  ?         any characters, one character; never a slash
 *   [a-z] [!a]   one of these, none of these; never a slash
 *   a / ** / b   (without the spaces) any number of folders between; "**" also
 *                in front and at the end. Elsewhere it is the same as "*".
 *   \*           the character itself
 *
 * A pattern that fits a folder fits all that is below it. There is no "!" in
 * front. Written here because libgit2's and the C library's matchers go
 * exponential on hostile patterns; this one takes at most the product of both
 * lengths in steps.
 */

#include <stdbool.h>

enum { GLOB_MAX = 256 }; /* bytes of a pattern */

/* Whether it is a pattern; why, a constant text, if not. */
bool glob_check(const char *pattern, const char **why);

/* Whether a pattern that glob_check() likes fits the name; false for others. */
bool glob_matches(const char *pattern, const char *name);
