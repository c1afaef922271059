/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The programs that people serve pages with: the one table of what their arguments mean,
 * whether they reload their pages themselves, and whether they restart after a save. Who
 * knows one more adds a row in programs.c. Pure.
 *
 * Lists of words are written with a space before and behind each. "" where a list may
 * be is "always", NULL "never".
 */

enum program_rest {
	REST_NOTHING, /* words that are no options say nothing */
	REST_FOLDER, /* they are folders that are served */
	REST_SCRIPT, /* the first one is a file, which is run: it may be a program of this table */
};

struct program {
	const char *name; /* for fnmatch(3): of its file, without folders and a script's ending */

	/* Its arguments. Long options are listed as they are, short ones as one letter. */
	enum program_rest rest;
	const char *folders; /* options whose value is a folder */
	const char *files; /* options whose value is a file */
	const char *skipped; /* options whose value is something else */
	bool of_site; /* its file is a file of the site */

	/* It speaks to its pages itself, and is called so. */
	const char *livereload;
	const char *livereload_needs; /* one of these words; NULL counts as "" */
	const char *livereload_denies; /* any of these: it serves without, or does something else */

	/*
	 * It restarts itself, or what it runs, after a save. Of one that stays the listening
	 * process and its socket outlive every save.
	 */
	const char *restarts; /* with one of these words */
	const char *restarts_denies; /* not with any of these */
	const char *stays; /* with one of these words, unless it restarts */
	const char *suffixes; /* of the files that restart it; "*" is any */
	const char *suffix_option; /* options whose value is a list of suffixes in their place */
	const char *widens; /* with one of these words other files may restart it too */
	unsigned notice_msec; /* from a save until the first sign, on a quiet machine */

	/* It goes on, but may answer with the old content for a while after a save. */
	const char *old; /* with one of these words */
	const char *old_suffixes;
	unsigned old_msec;

	const char *language; /* suffixes of what it, or what it runs, is written in */
};

/* NULL if it is not in the table. `name` may have folders and a script's ending. */
const struct program *program_find(const char *name);

/* Whether the word, of `length` bytes, is in the list; NULL has none. */
bool program_lists(const char *list, const char *word, size_t length);
