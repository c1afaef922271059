/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The table of programs that serve pages: what their arguments mean, whether they reload their
 * pages themselves, and whether they restart after a save. To support another program, add a
 * row in programs.c. Pure.
 *
 * Lists of words have a space before and after each word. A list that may be "" or NULL: ""
 * means "always", NULL means "never".
 */

enum program_rest {
	REST_NOTHING, /* words that are not options have no meaning */
	REST_FOLDER, /* they are folders that are served */
	REST_SCRIPT, /* the first one is a script that it runs; it may be a program of this table */
};

struct program {
	/*
	 * a pattern for fnmatch(3), compared with its file name without folders and script
	 * suffix
	 */
	const char *name;
	const char *
		packages; /* npm packages of this program with other names than its own, or NULL */
	bool packaged; /* with REST_SCRIPT: a script is known by the npm package that it is in */

	/* Its arguments. Options are listed with their dashes. */
	enum program_rest rest;
	const char *folders; /* options whose value is a folder */
	const char *files; /* options whose value is a file */
	const char *skipped; /* options whose value is neither */
	bool of_site; /* its file is part of the site: manage.py, bin/rails */

	/* If it reloads its pages itself, its name for display. */
	const char *livereload;
	bool backend; /* it makes the pages of a server that passes requests on to it */
	bool proxy; /* it passes requests on to other servers, or may be configured to */
	const char *passes_on; /* so it does with one of these words */
	bool only_files; /* without such a word, it serves only files */
	/*
	 * It may not reload all its pages: it passes requests on to a backend, whose files it does
	 * not watch, or its configuration file can switch that off. Then the page itself decides.
	 */
	bool unsure;
	const char *livereload_needs; /* requires one of these words; NULL counts as "" */
	/* with any of these words it does not reload pages, or does something else */
	const char *livereload_denies;
	/* nor does it if a word of each of these lists is there; NULL: there are none */
	const char *livereload_off[2];

	/*
	 * It restarts itself, or the program that it runs, after a save. If it stays, the
	 * listening process and its socket survive every save.
	 */
	const char *restarts; /* with one of these words */
	const char *restarts_denies; /* not with any of these */
	const char *stays; /* with one of these words, unless it restarts */
	const char *stays_denies; /* not with any of these */
	const char *suffixes; /* of the files that restart it; "*" is any */
	const char *suffix_option; /* options whose value is a list of suffixes to use instead */
	const char *widens; /* with one of these words, other files may restart it too */
	unsigned notice_msec; /* from a save to the first sign of the restart, on an idle machine */

	/* It keeps running, but may answer with the old content for a while after a save. */
	const char *old; /* with one of these words */
	const char *old_suffixes;
	unsigned old_msec;
	bool old_by_second; /* counted from the start of the clock second of the save */

	/* suffixes of the language that it, or the program that it runs, is written in */
	const char *language;
};

/* The last row of each has no name. */
extern const struct program programs[];
extern const struct program programs_node[]; /* those that come from npm */

#define SCRIPT_CODE " js mjs cjs jsx ts mts cts tsx json "

/* NULL if it is not in the table. `name` may have folders and a script suffix. */
const struct program *program_find(const char *name);
/*
 * The program of a script. `package` is as npm_package_of() returns it. For a script in a package,
 * the name of the file ("cli.js") does not identify the program.
 * Deno's "npm:vite@8" names its package itself.
 */
const struct program *program_find_script(const char *script, const char *package);
/*
 * The program of a module: "http.server" has a row of its own, "pyramid.scripts.pserve" is known by
 * its last word.
 */
const struct program *program_find_module(const char *module);

/* Whether the word, `length` bytes long, is in the list; a NULL list is empty. */
bool program_lists(const char *list, const char *word, size_t length);
