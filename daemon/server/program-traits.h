/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a server does by itself, told by the command lines of its process and of those that
 * started it, before it was ever seen to do it: the table is in programs.c. Pure.
 */

enum { TRAITS_SUFFIXES_MAX = 128 };

enum restarts {
	RESTARTS_UNKNOWN,
	RESTARTS_NEVER, /* the listening process and its socket outlive every save */
	RESTARTS_ITSELF, /* it, or what it runs, is started anew after a save */
};

struct program_traits {
	const char *livereload; /* it speaks to its pages itself, and is called so; or NULL */
	enum restarts restarts;
	char suffixes[TRAITS_SUFFIXES_MAX]; /* RESTARTS_ITSELF: of the files; "*" is any */
	bool widened; /* the person named further files */
	/* from a save until the first sign of a restart; of RESTARTS_UNKNOWN if it is seen to */
	uint64_t notice_usec;
	const char *old_suffixes; /* of files whose old content may be answered with, or NULL */
	uint64_t old_usec; /* for so long after a save */
	bool old_by_second; /* counted from the second of the clock that the save was in */
	const char *language; /* suffixes of what it is written in; NULL: not known */
};

/*
 * One process. `bytes` are those of /proc/PID/cmdline: arguments, each with a NUL behind
 * it. An argument that was cut off is left out.
 */
void program_traits_of(const char *bytes, size_t length, struct program_traits *traits);

/*
 * A process that listens, and one that started it, directly or not: what the second does
 * to the first is added, unless the first restarts by itself.
 */
void program_traits_add(struct program_traits *traits, const struct program_traits *starter);

/*
 * Some reloaders that a program has in itself leave a mark in the environment of the worker.
 * `bytes` are those of /proc/PID/environ.
 */
void program_traits_add_environment(
	struct program_traits *traits, const char *bytes, size_t length);

/* What a save of a file with this suffix does, as far as the table knows. */
enum traits_answer {
	TRAITS_UNKNOWN,
	TRAITS_STAYS,
	TRAITS_RESTARTS,
	TRAITS_OLD, /* it stays, but the old content may be answered with for `old_usec` */
};
enum traits_answer program_traits_ask(const struct program_traits *traits, const char *suffix);

/* Whether a file of this suffix can be a part of the program, not something that it shows. */
bool program_traits_is_code(const struct program_traits *traits, const char *suffix);
