/* SPDX-License-Identifier: MIT */
#pragma once

#include "project/project.h"

/*
 * What a source cannot watch of a project: the project has one problem to show, and
 * each source takes back its own only. `source` is a word, "git".
 */

/* Says "<source>: <why>"; NULL: nothing is wrong (any more). It is logged if it is new. */
void problem_set(
	struct registry *registry, struct project *project, const char *source, const char *why);

/* Whether the problem that the project shows is this source's. */
bool problem_is_of(const struct project *project, const char *source);
