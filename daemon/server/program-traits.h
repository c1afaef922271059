/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a server does by itself, according to the command lines of its process and of those that
 * started it, for a server that the daemon has not observed yet. The table is in programs.c. Pure.
 */

enum { TRAITS_SUFFIXES_MAX = 128 };

enum restarts {
	RESTARTS_UNKNOWN,
	RESTARTS_NEVER, /* the listening process and its socket outlive every save */
	RESTARTS_ITSELF, /* it, or the program that it runs, is started again after a save */
};

/* Whether it passes requests on to other servers. */
enum proxying {
	PROXY_MAYBE, /* it is a program of the site, or not known */
	PROXY_YES, /* that is what it is for */
	/* it is for pages of its own, but its configuration, or the program that it runs, may pass some paths on */
	PROXY_RARELY,
	PROXY_NO, /* it serves files */
};

struct program_traits {
	enum proxying proxying;
	bool backend; /* it makes pages of the server that passes requests on to it: its folder means nothing */
	bool known; /* the program is in the table */
	const char *livereload; /* the name of the live reload that it has built in; or NULL */
	bool unsure; /* with these arguments, it may not reload all the pages that it serves */
	enum restarts restarts;
	char suffixes[TRAITS_SUFFIXES_MAX]; /* RESTARTS_ITSELF: after saves of these; "*" is any */
	bool widened; /* the user named further files */
	/* from a save to the first sign of a restart; for RESTARTS_UNKNOWN, if it ever restarts */
	uint64_t notice_usec;
	const char *old_suffixes; /* files that it may serve with their old content, or NULL */
	uint64_t old_usec; /* how long after a save it may do so */
	bool old_by_second; /* counted from the start of the clock second of the save */
	const char *language; /* suffixes of the language that it is written in; NULL: not known */
};

/*
 * One process. `bytes` are the contents of /proc/PID/cmdline: arguments, each followed by a
 * NUL. An argument that was cut off is left out. `package` is the npm package that its script
 * is in; NULL: none, or not known.
 */
void program_traits_of(
	const char *bytes, size_t length, const char *package, struct program_traits *traits);

/*
 * The script that Node, Bun or Deno runs, as its command line has it; NULL if the process is none
 * of them. The caller frees it.
 */
char *program_traits_script(const char *bytes, size_t length);

/*
 * A program can replace its arguments, as morbo does with the name of the script: then it is
 * recognized by its executable file, which may be an interpreter. `file` may be NULL: not known.
 */
void program_traits_of_file(
	const char *file, const char *bytes, size_t length, struct program_traits *traits);

/*
 * Adds to the traits of a listening process those of a process that started it, directly or not,
 * unless the listening process restarts by itself.
 */
void program_traits_add(struct program_traits *traits, const struct program_traits *starter);

/*
 * Some programs with a built-in reloader set a variable in the environment of the worker.
 * `bytes` are the contents of /proc/PID/environ.
 */
void program_traits_add_environment(
	struct program_traits *traits, const char *bytes, size_t length);

/* It has a reloader for Python code, which begins a restart within this time. */
void program_traits_add_reloader(struct program_traits *traits, uint64_t notice_usec);

/* What a save of a file with this suffix does, according to the table. */
enum traits_answer {
	TRAITS_UNKNOWN,
	TRAITS_STAYS,
	TRAITS_RESTARTS,
	TRAITS_OLD, /* it keeps running, but may serve the old content for `old_usec` */
};
enum traits_answer program_traits_ask(const struct program_traits *traits, const char *suffix);

/* Whether a file of this suffix can be part of the program, not just data that it serves. */
bool program_traits_is_code(const struct program_traits *traits, const char *suffix);
