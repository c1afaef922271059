/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where in a git-config text a key is set, which libgit2 does not tell. Pure. A
 * second reader of the same syntax, so it is believed only for line numbers.
 */

struct config_line {
	const char *at; /* where to go on reading */
	unsigned number;
	char section[512]; /* as libgit2 writes it, with the dot behind; "" if it is too long */
};

/* `text` must outlive it. */
void config_line_begin(struct config_line *line, const char *text);

/*
 * Goes on to where `key`, as libgit2 writes it, is set next. Returns the line,
 * from 1, or 0 if it is not found; then it stays where it was.
 */
unsigned config_line_find(struct config_line *line, const char *key);
