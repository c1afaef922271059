/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/ledger.h"
#include "project/project.h"

/*
 * The files of one call that are ignored, by the project that ignores them. Each project
 * gets one event for them, which ends at once and says why.
 */

struct ignored_part {
	struct project *project;
	char *why; /* why the first file is ignored */
	size_t count, kept;
	char *names[LEDGER_FILES_MAX];
};

/* Starts zeroed; empty again after ignored_files_report(). */
struct ignored_files {
	struct ignored_part *parts;
	size_t count;
};

void ignored_files_add(
	struct ignored_files *ignored, struct project *project, const char *file, const char *why);

/* Ends without events. */
void ignored_files_clear(struct ignored_files *ignored);
/* The project is about to be freed: no event for its files. */
void ignored_files_forget(struct ignored_files *ignored, const struct project *project);

/* Creates the events and clears the list; returns the first event, or 0. */
uint64_t ignored_files_report(
	struct ignored_files *ignored, struct ledger *ledger, uint64_t now_usec);
