/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * File names as bytes and as text. Inside the daemon, a name is bytes. Where it must be
 * text (D-Bus strings, JSON), it is the absolute path itself if that is valid UTF-8,
 * otherwise a file: URI. Pure; nothing here reads the disk.
 */

#include <stdbool.h>

/* A whole name without its NUL: Linux accepts no longer ones in a system call. */
enum {
	PATHNAME_MAX = 4095,
	PATHNAME_DEPTH_MAX = 256, /* components: a look-up may access each */
};

/*
 * Reads an absolute path or a file: URI (empty host or "localhost"). The result is
 * absolute, at most PATHNAME_MAX bytes long, without empty, "." or ".." components and
 * without a slash at its end (except "/" itself). Returns 0 and the name, which the caller
 * frees, or -EINVAL or -ENAMETOOLONG and a constant text that says why.
 */
int pathname_from_text(const char *text, char **name, const char **why);

/* The name as text, which the caller frees. */
char *pathname_to_text(const char *name);

/* The text as one word of a shell command: in single quotes if it needs them. */
char *pathname_to_word(const char *name);
/* As file: URI: everything except unreserved characters and '/' is percent-encoded. */
char *pathname_to_uri(const char *name);

/* The last component, for display: bytes that are not UTF-8 become U+FFFD. */
char *pathname_label(const char *name);

/* Whether `name` is `root` or below it. Both as pathname_from_text() returns them. */
bool pathname_is_below(const char *name, const char *root);
