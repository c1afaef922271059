/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Finds the line of a git-config text on which a key is set, which libgit2 does not report.
 * Pure. Since libgit2 parses the text, this second parser is used only for line numbers.
 */

struct config_line {
	const char *at; /* where to continue */
	unsigned number;
	char section[512]; /* as libgit2 writes it, with the dot after it; "" if it is too long */
};

/* `text` must outlive it. */
void config_line_begin(struct config_line *line, const char *text);

/*
 * Goes on to the next place where `key`, as libgit2 writes it, is set. Returns the line,
 * starting at 1, or 0 if it is not found; then the position stays the same.
 */
unsigned config_line_find(struct config_line *line, const char *key);
