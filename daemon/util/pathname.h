/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * File names as bytes and as text. Inside, a name is bytes. Where it must be
 * text (D-Bus strings, JSON), it is the absolute path itself if that is valid
 * UTF-8, else a file: URI. Pure; nothing here looks at the disk.
 */

#include <stdbool.h>

/* A whole name without its NUL; Linux takes no longer one in a call. */
enum { PATHNAME_MAX = 4095 };

/*
 * Reads an absolute path or a file: URI (empty host or "localhost"). The result
 * is absolute, of at most PATHNAME_MAX bytes, without empty, "." or ".."
 * components and without a slash at its end (but "/" itself). Returns 0 and the
 * name, which the caller frees, or -EINVAL or -ENAMETOOLONG and why, as a
 * constant text.
 */
int pathname_from_text(const char *text, char **name, const char **why);

/* The name as text, which the caller frees. */
char *pathname_to_text(const char *name);

/* As file: URI: everything but unreserved characters and '/' percent-encoded. */
char *pathname_to_uri(const char *name);

/* The last component, for people: bytes that are no UTF-8 become U+FFFD. */
char *pathname_label(const char *name);

/* Whether `name` is `root` or below it. Both as pathname_from_text() gives them. */
bool pathname_is_below(const char *name, const char *root);
