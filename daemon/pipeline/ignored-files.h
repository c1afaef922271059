/* SPDX-License-Identifier: MIT */
#pragma once

#include "pipeline/ledger.h"
#include "project/project.h"

/*
 * The files of one call that nothing comes of, by the project that ignores them:
 * each project gets one event for them, which ends at once and says why.
 */

struct passed_part {
	struct project *project;
	char *why; /* of the first file */
	size_t count, kept;
	char *names[LEDGER_FILES_MAX];
};

/* To be zeroed; empty after passed_tell(). */
struct passed {
	struct passed_part *parts;
	size_t count;
};

void passed_add(
	struct passed *passed, struct project *project, const char *file, const char *why);

/* Makes the events and forgets the files; returns the first event, or 0. */
uint64_t passed_tell(struct passed *passed, struct ledger *ledger, uint64_t now_usec);
