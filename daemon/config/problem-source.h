/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Where the problems of a page come from: the words of the setting savecast.problems, which
 * protocol/constants.json lists, too. Pure.
 */

enum problem_source {
	PROBLEM_SOURCE_ERROR,
	PROBLEM_SOURCE_REJECTION,
	PROBLEM_SOURCE_RESOURCE,
	PROBLEM_SOURCE_BLOCKED,
	PROBLEM_SOURCE_DOCUMENT,
	PROBLEM_SOURCE_CONSOLE,
	PROBLEM_SOURCE_THIRD_PARTY,
	PROBLEM_SOURCE_EXTENSION,
	PROBLEM_SOURCE_FAVICON,
	PROBLEM_SOURCES,
};

/* A set of them: bit N is source N. */
typedef uint32_t problem_sources;

/* The first five. */
#define PROBLEM_SOURCES_DEFAULT ((problem_sources)0x1f)

const char *problem_source_name(enum problem_source source);

/*
 * Reads words that blanks or commas separate: each adds its source, "no-" and the word removes
 * it. Returns false, and changes nothing, if there is no word or one is not known.
 */
bool problem_sources_read(problem_sources *sources, const char *words);
